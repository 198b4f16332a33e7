#![allow(clippy::unwrap_used)]

use super::{Clause, Direction, FieldRef, Function, Operand, Operator, Query, Sort, Terminal, parse};

fn terminal(field: &str, operator: Operator, operand: Operand) -> Clause {
    Clause::Terminal(Terminal { field: FieldRef::Name(field.to_owned()), operator, operand })
}

fn equals(field: &str, value: &str) -> Clause {
    terminal(field, Operator::Equals, Operand::Text(value.to_owned()))
}

fn clause(text: &str) -> Clause {
    parse(text).unwrap().clause.unwrap()
}

fn message(text: &str) -> String {
    parse(text).unwrap_err().message
}

#[test]
fn or_binds_less_than_and_and_not_binds_most() {
    let expected = Clause::Or(vec![
        Clause::And(vec![Clause::Not(Box::new(equals("a", "1x"))), equals("b", "2x")]),
        equals("c", "3x"),
    ]);
    assert_eq!(clause("not a = 1x and b = 2x or c = 3x"), expected);
    assert_eq!(clause("! a = 1x && b = 2x || c = 3x"), expected);
    assert_eq!(clause("NOT a=1x AND b=2x OR c=3x"), expected);
}

#[test]
fn parentheses_group() {
    let either = Clause::Or(vec![equals("b", "y"), equals("c", "z")]);
    assert_eq!(clause("a = x AND (b = y OR c = z)"), Clause::And(vec![equals("a", "x"), either]));
}

#[test]
fn all_operators_are_read() {
    let operators = [
        ("=", Operator::Equals),
        ("!=", Operator::NotEquals),
        ("<", Operator::Less),
        ("<=", Operator::LessOrEqual),
        (">", Operator::Greater),
        (">=", Operator::GreaterOrEqual),
        ("~", Operator::Like),
        ("!~", Operator::NotLike),
        (" is ", Operator::Is),
        (" IS NOT ", Operator::IsNot),
        (" in ", Operator::In),
        (" Not In ", Operator::NotIn),
    ];
    for (text, operator) in operators {
        assert_eq!(clause(&format!("a{text}b")), terminal("a", operator, Operand::Text("b".to_owned())));
    }
}

#[test]
fn operands_are_texts_numbers_lists_functions_and_empty() {
    assert_eq!(
        clause("updated >= 1732877091000"),
        terminal("updated", Operator::GreaterOrEqual, Operand::Number(1732877091000))
    );
    assert_eq!(clause("id = \"10000\""), equals("id", "10000"));
    assert_eq!(clause("due is EMPTY"), terminal("due", Operator::Is, Operand::Empty));
    assert_eq!(clause("due is not null"), terminal("due", Operator::IsNot, Operand::Empty));
    let list = Operand::List(vec![Operand::Number(1), Operand::Text("b c".to_owned()), Operand::Empty]);
    assert_eq!(clause("a in (1, 'b c', empty)"), terminal("a", Operator::In, list));
    let function = Function { name: "startOfDay".to_owned(), arguments: vec!["-1d".to_owned()] };
    assert_eq!(clause("a > startOfDay(-1d)"), terminal("a", Operator::Greater, Operand::Function(function)));
    let function = Function { name: "currentUser".to_owned(), arguments: Vec::new() };
    assert_eq!(clause("a = currentUser()"), terminal("a", Operator::Equals, Operand::Function(function)));
    assert_eq!(clause("a >= -2d"), terminal("a", Operator::GreaterOrEqual, Operand::Text("-2d".to_owned())));
}

#[test]
fn escapes_are_undone() {
    assert_eq!(clause(r#"a = "q\"\\\t\u0041\'""#), equals("a", "q\"\\\tA'"));
    assert_eq!(clause(r"a = 'it\'s'"), equals("a", "it's"));
    assert_eq!(clause(r"a = two\ words"), equals("a", "two words"));
    assert_eq!(clause(r"a = ann\u0040example.com"), equals("a", "ann@example.com"));
    // Escaped letters are no keyword.
    assert_eq!(clause(r"a = \u0065mpty"), equals("a", "empty"));
}

#[test]
fn fields_have_names_numbers_and_properties() {
    let field = |text: &str| match clause(text) {
        Clause::Terminal(terminal) => terminal.field,
        other => unreachable!("{other:?}"),
    };
    assert_eq!(field("cf[10020] = 1"), FieldRef::Custom(10020));
    assert_eq!(field("CF[1] = 1"), FieldRef::Custom(1));
    assert_eq!(field("\"Start date\" = 1"), FieldRef::Name("Start date".to_owned()));
    let property = |path: &str| FieldRef::Property {
        field: "issue.property".to_owned(),
        key: "pm-core".to_owned(),
        path: path.to_owned(),
    };
    assert_eq!(field("issue.property[pm-core].key = x"), property(".key"));
    assert_eq!(field("issue.property['pm-core'] = x"), property(""));
}

#[test]
fn the_order_is_read_with_and_without_a_clause() {
    let sort = |name: &str, direction| Sort { field: FieldRef::Name(name.to_owned()), direction };
    let order =
        vec![sort("created", None), sort("key", Some(Direction::Descending)), sort("a", Some(Direction::Ascending))];
    let all = parse("order by created, key DESC, a asc").unwrap();
    assert_eq!(all, Query { clause: None, order: order.clone() });
    assert!(!all.is_bounded());
    let some = parse("a = b Order By created, key desc, a ASC").unwrap();
    assert_eq!(some, Query { clause: Some(equals("a", "b")), order });
    assert!(some.is_bounded());
    assert_eq!(parse(" \n ").unwrap(), Query::default());
}

/// Pairs from the vendor's functional test of its parser, `TestJqlParsing`.
#[test]
fn errors_are_the_vendors() {
    let escapes = r#"The valid escape sequences are \', \", \t, \n, \r, \\, '\ ' and \uXXXX."#;
    let range = "Numbers must be between -9,223,372,036,854,775,808 and 9,223,372,036,854,775,807.";
    let operators =
        "The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'.";
    let character = |character: &str, escape: &str| {
        let rule = format!("You must enclose it in a string or use the escape '{escape}' instead.");
        format!("The character '{character}' is a reserved JQL character. {rule}")
    };
    let pairs = [
        ("comment ~ 'test", "The quoted string 'test' has not been completed. (line 1, character 11)".to_owned()),
        ("a=\"test\nword", "The quoted string 'test word' has not been completed. (line 1, character 3)".to_owned()),
        ("comment ~ '", "The quoted string has not been completed. (line 1, character 11)".to_owned()),
        ("comme\\unt ~ 'test", format!("'\\un' is an illegal JQL escape sequence. {escapes} (line 1, character 6)")),
        ("a =\n\n \\c", format!("'\\c' is an illegal JQL escape sequence. {escapes} (line 3, character 2)")),
        ("a =\n\\", format!("The escape sequence has not been completed. {escapes} (line 2, character 1)")),
        ("a = '\\u'", format!("'\\u'' is an illegal JQL escape sequence. {escapes} (line 1, character 6)")),
        ("mine{www = qwwr", character("{", "\\u007b") + " (line 1, character 5)"),
        ("a = ann@b", character("@", "\\u0040") + " (line 1, character 8)"),
        (
            "mqwwr\u{7f}",
            "The character 'U+007F' on line 1 at position 6 must be escaped. Use the escape '\\u007f' instead. \
             (line 1, character 6)"
                .to_owned(),
        ),
        (
            "a=-3482094382084092840932809482",
            format!("'-3482094382084092840932809482' is not a valid number. {range} (line 1, character 3)"),
        ),
        ("a =b order", "Expecting 'by' before the end of the query.".to_owned()),
        ("a =b order summary", "Expecting 'by' but got 'summary'. (line 1, character 12)".to_owned()),
        ("a =b order by", "Expecting a field name at the end of the query.".to_owned()),
        (
            "a =b order by asc",
            "Expecting a field name but got 'asc'. You must surround 'asc' in quotation marks to use it as a field \
             name. (line 1, character 15)"
                .to_owned(),
        ),
        ("a =b order by a blah", "Expecting either 'ASC' or 'DESC' but got 'blah'. (line 1, character 17)".to_owned()),
        ("a =b order by a desc b", "Expecting ',' but got 'b'. (line 1, character 22)".to_owned()),
        ("'' = c", "A field name cannot be empty. (line 1, character 1)".to_owned()),
        ("a = ''()", "A function name cannot be empty. (line 1, character 5)".to_owned()),
        ("a", format!("Expecting operator before the end of the query. {operators}")),
        ("a blah >", format!("Expecting operator but got 'blah'. {operators} (line 1, character 3)")),
        ("a =a and j not is empty", "Expecting 'IN' but got 'is'. (line 1, character 16)".to_owned()),
        ("a =a and j is ! empty", "Expecting 'NOT' but got '!'. (line 1, character 15)".to_owned()),
        ("cf", "Expecting '[' before the end of the query.".to_owned()),
        ("cf[] = 1", "Expecting a custom field id (a positive number) but got ']'. (line 1, character 4)".to_owned()),
        ("cf[-2]", "Expecting a custom field id (a positive number) but got '-2'. (line 1, character 4)".to_owned()),
        ("cf[29829 = world", "Expecting ']' but got '='. (line 1, character 10)".to_owned()),
        ("a = func(, and not (a = x)", "Expecting ')' but got ','. (line 1, character 10)".to_owned()),
        ("b=func(bad", "Expecting ')' before the end of the query.".to_owned()),
        ("bas=func(bad,)", "Function argument must be specified. (line 1, character 14)".to_owned()),
        ("bas=func(bad,", "Expecting a function argument at the end of the query.".to_owned()),
        ("k = func(abc, jk!)", "Expecting ')' or ',' but got '!'. (line 1, character 17)".to_owned()),
        ("(a=b and c = d", "Expecting ')' before the end of the query.".to_owned()),
        ("abc IN ((foo) abc = a", "Expecting ')' but got 'abc'. (line 1, character 15)".to_owned()),
        ("a=b c=d", "Expecting either 'OR' or 'AND' but got 'c'. (line 1, character 5)".to_owned()),
        ("a=b and", "Expecting a field name at the end of the query.".to_owned()),
        ("[brenden] = a", "Expecting a field name but got '['. Did you mean 'cf['? (line 1, character 1)".to_owned()),
    ];
    for (query, expected) in pairs {
        assert_eq!(message(query), format!("Error in the JQL Query: {expected}"), "{query}");
    }
}

/// `turbot/steampipe-plugin-jira#200`: another prefix than the rest.
#[test]
fn keywords_are_no_values() {
    let expected = "Error in JQL Query: Expecting either a value, list or function but got 'IN'. You must surround 'IN' \
                    in quotation marks to use it as a value. (line 1, character 11)";
    assert_eq!(message("project = IN"), expected);
    assert_eq!(
        message("a="),
        "Error in JQL Query: Expecting either a value, list or function before the end of the query."
    );
}

/// `canonical/gh-jira-sync-bot#45`.
#[test]
fn reserved_words_are_refused_unless_quoted() {
    let rule = "is a reserved JQL word. You must surround it in quotation marks to use it in a query.";
    for query in [
        "project = AS",
        "project = As and b = c",
        "project in (AS)",
        "a = f(as)",
        "AS = 1",
        "a = b order by as",
        "a as",
    ] {
        assert!(message(query).to_lowercase().contains(&format!("'as' {rule}").to_lowercase()), "{query}");
    }
    assert_eq!(clause("project = \"AS\""), equals("project", "AS"));
    assert_eq!(clause("project = 'as'"), equals("project", "as"));
}
