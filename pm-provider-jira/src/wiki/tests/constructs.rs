//! Each construct, in both directions.

use super::super::{to_markdown, to_wiki};

/// Asserts what a Markdown text is in wiki markup, and that it comes back as it was.
fn both_ways(markdown: &str, wiki: &str) {
    assert_eq!(to_wiki(markdown), wiki);
    assert_eq!(to_markdown(wiki), markdown);
}

/// Asserts what a text in wiki markup is in Markdown.
fn reads(wiki: &str, markdown: &str) {
    assert_eq!(to_markdown(wiki), markdown, "{wiki}");
}

#[test]
fn text_and_line_breaks() {
    both_ways("", "");
    both_ways("One.\n\nTwo: ä, 日本 😀!", "One.\n\nTwo: ä, 日本 😀!");
    both_ways(
        "a line end that means nothing\nand a break  \nhere",
        "a line end that means nothing \nand a break\nhere",
    );
    assert_eq!(to_wiki("a\\\nb<br>c"), "a\nb\nc");
    assert_eq!(to_wiki("a\r\n\r\n\r\nb\rc\n"), "a\n\nb \nc");
    reads("a\r\nb\r\n\r\nc\r\n", "a  \nb\n\nc");
    reads("a\\\\b and a \\\\ b", "a  \nb and a  \nb");
    reads("\\\\server\\share\\x stays", "\\\\\\server\\share\\x stays");
}

#[test]
fn headings() {
    for level in 1..=6 {
        both_ways(&format!("{} Title _x_", "#".repeat(level)), &format!("h{level}. Title _x_"));
    }
    assert_eq!(to_wiki("Title\n==="), "h1. Title");
    reads("h2. Title\nno title", "## Title\n\nno title");
    reads(" h3.Title", "### Title");
    reads("h7. no title", "h7. no title");
}

#[test]
fn marks() {
    both_ways("**strong** _em_ ~~deleted~~ `code`", "*strong* _em_ -deleted- {{code}}");
    both_ways("_**both**_ (**in** parentheses), **end**.", "_*both*_ (*in* parentheses), *end*.");
    both_ways("~~_**three**_~~", "-_*three*_-");
    both_ways("un**believ**able", "un{*}believ{*}able");
    both_ways("**a _b_ c** and **d**", "*a _b_ c* and *d*");
    assert_eq!(to_wiki("**over\nlines**"), "*over* \n*lines*");
    reads("*not\nover lines*", "\\*not  \nover lines\\*");
    reads("*a*b and a*b*", "\\*a\\*b and a\\*b\\*");
}

#[test]
fn marks_that_markdown_does_not_have() {
    both_ways("<u>in</u> <sup>up</sup> <sub>down</sub> <cite>said</cite>", "+in+ ^up^ ~down~ ??said??");
    both_ways("H<sub>2</sub>O", "H{~}2{~}O");
    both_ways("<font color=\"red\">**warm**</font>", "{color:red}*warm*{color}");
    both_ways("**<font color=\"#ff0000\">warm</font>**", "*{color:#ff0000}warm{color}*");
    both_ways("<a name=\"top\"></a>Top", "{anchor:top}Top");
    both_ways("<font color=\"red\"><!-- -->one\n\ntwo</font><!-- -->", "{color:red}one\n\ntwo{color}");
    assert_eq!(to_wiki("<b>strong</b> <u>in</u> <ins>not closed"), "*strong* +in+ <ins>not closed");
}

#[test]
fn code_within_lines() {
    both_ways("`snake_case`", "{{snake_case}}");
    both_ways("`a*b*` `f(x)` `x[1] ]`", "{{a*b*}} {{f\\(x)}} {{x\\[1] ]}}");
    both_ways("`{a}` `\\d+`", "{{&#123;a&#125;}} {{\\d+}}");
    both_ways("`x`s and a`y`", "{{x}}&#8203;s and a&#8203;{{y}}");
    both_ways("`a && b &amp;`", "{{a && b &amp;amp;}}");
    both_ways("`*.rs` and `*.toml`", "{{\\*.rs}} and {{*.toml}}");
}

#[test]
fn code_blocks() {
    both_ways("```\nplain *text*\n\n  {x}\n```", "{noformat}\nplain *text*\n\n  {x}\n{noformat}");
    both_ways("```rust\nlet x = 1 < 2;\n```", "{code:rust}\nlet x = 1 < 2;\n{code}");
    both_ways(
        "```java title=A.java|borderStyle=solid\nx\n```",
        "{code:java|title=A.java|borderStyle=solid}\nx\n{code}",
    );
    both_ways("```title=A\nx\n```", "{code:title=A}\nx\n{code}");
    both_ways("```sh\n{code} {noformat}\n```", "{code:sh}\n{\u{200b}code} {noformat}\n{code}");
    assert_eq!(to_wiki("    indented"), "{noformat}\nindented\n{noformat}");
    reads("Before:\n{code}x{code} after", "Before:\n\n```\nx\n```\n\nafter");
    reads("{code}\nnever closed", "{code}  \nnever closed");
}

#[test]
fn lists() {
    both_ways("- a\n  - b\n    - c\n- d", "* a\n** b\n*** c\n* d");
    both_ways("1. a\n   - b\n   1. c\n2. d", "# a\n#* b\n## c\n# d");
    both_ways("- [ ] to do\n- [x] done", "* [ ] to do\n* \\[x] done");
    both_ways("- a\n\n* b\n\n- c", "* a\n\n* b\n\n* c");
    both_ways("-\n- b", "* &#8203;\n* b");
    both_ways("- a  \n  b\n  ```\n  c\n\n  d\n  ```", "* a\nb\n{noformat}\nc\n\nd\n{noformat}");
    reads("Steps:\n* a\n* b\nmore\n\nEnd", "Steps:\n\n- a\n- b  \n  more\n\nEnd");
    reads("- a\n- b\n-- c", "- a\n- b  \n  -- c");
    reads("** deep\n* flat", "- deep\n- flat");
}

#[test]
fn quotes() {
    both_ways("> one", "bq. one");
    both_ways("> one\n>\n> two", "{quote}\none\n\ntwo\n{quote}");
    both_ways("> one  \n> more", "{quote}\none\nmore\n{quote}");
    both_ways("> a\n>\n> > b", "{quote}\na\n\nbq. b\n{quote}");
    both_ways("- a\n\n  > q\n- b", "* a\n{quote}\nq\n{quote}\n* b");
    reads("{quote}one{quote} two", "> one\n\ntwo");
}

#[test]
fn panels() {
    both_ways(
        "<!-- {panel:title=Hi|bgColor=#fff} -->\n\n**a**\n\n- b\n\n<!-- {panel} -->",
        "{panel:title=Hi|bgColor=#fff}\n*a*\n\n* b\n{panel}",
    );
    both_ways("> [!WARNING]\n> Hot.", "{panel:title=Warning}\nHot.\n{panel}");
    both_ways("<!-- {panel:} -->\n\na\n\n<!-- {panel} -->", "{panel}\na\n{panel}");
    assert_eq!(to_wiki("<!-- {panel:title=Hi} -->\n\na"), "<!-- \\{panel:title=Hi} -->\n\na");
}

#[test]
fn links() {
    both_ways("[text](https://x.org/a?b=c#d)", "[text|https://x.org/a?b=c#d]");
    both_ways("[text](/issues/12 \"title\"), <a@b.org>.", "[text|/issues/12|title], [mailto:a@b.org].");
    both_ways("[a](https://x.org)b", "[a|https://x.org]b");
    both_ways("**[say it (now)](https://x.org)**", "*[say it (now)|https://x.org]*");
    both_ways("[file.txt](^file.txt) and [part](#part)", "[^file.txt] and [#part]");
    both_ways("[a|b \\[c\\]](https://x.org)", "[a&#124;b \\[c\\]|https://x.org]");
    assert_eq!(to_wiki("<https://x.org/a_b> [](https://y.org)"), "https://x.org/a_b https://y.org");
    assert_eq!(to_wiki("[b](javascript:x)"), "b (javascript:x)");
    reads("[https://x.org] [foo] [ ] []", "https://x.org [foo] [ ] []");
    reads("[1] and a[i]", "[1] and a[i]");
}

#[test]
fn addresses_stay() {
    both_ways("https://x.org/a_-b-?c=d, (http://x.org/)", "https://x.org/a_-b-?c=d, (http://x.org/)");
    assert_eq!(to_wiki("**http://x.org**"), "*[http://x.org]*");
    reads("*[http://x.org]*", "**http://x.org**");
}

#[test]
fn mentions() {
    both_ways("ask [~alice] and [~bob.b]", "ask [~alice] and [~bob.b]");
    both_ways("**Ann**, ask [~alice]", "*Ann*, ask [~alice]");
    both_ways("[~alice\\]: ok", "[~alice]: ok");
    both_ways("[~a@b.org]", "[~a@b.org]");
    both_ways("literally [<!-- -->~alice]", "literally \\[~alice]");
}

#[test]
fn images() {
    both_ways("![](a.png) ![alt text](https://x.org/b.png)", "!a.png! !https://x.org/b.png|alt=alt text!");
    both_ways("[![alt](a.png)](https://x.org/b)", "[!a.png|alt=alt!|https://x.org/b]");
    both_ways("![](a.png \"width=300,height=20\")", "!a.png|width=300,height=20!");
    both_ways("![](a.png \"thumbnail\") ![](a.png \"Title\")", "!a.png|thumbnail! !a.png|title=Title!");
    reads("wow! really! !important words!", "wow! really! !important words!");
}

#[test]
fn tables() {
    both_ways("| a | b |\n| --- | --- |\n| 1 | 2 |", "||a||b||\n|1|2|");
    both_ways("| a |\n| --- |\n| x\\|y `p\\|q` |", "||a||\n|x\\|y {{p\\|q}}|");
    both_ways("| | |\n| --- | --- |\n| 1 | |", "|1| |");
    both_ways("| a |\n| --- |\n| x<br>y |", "||a||\n|x\\\\ y|");
    both_ways(
        "| a |\n| --- |\n| [x](https://y.org) ![](a.png \"width=3\") |",
        "||a||\n|[x|https://y.org] !a.png|width=3!|",
    );
    assert_eq!(to_wiki("| a | b |\n|:-:|--:|\n| 1 | 2 |"), "||a||b||\n|1|2|");
    reads("||name|x|\n|a|b|", "| | |\n| --- | --- |\n| **name** | x |\n| a | b |");
    reads("Look:\n|a\nb|", "Look:\n\n| |\n| --- |\n| a<br>b |");
}

#[test]
fn rules() {
    both_ways("a\n\n---\n\nb", "a\n\n----\n\nb");
    both_ways("\\---", "---");
    both_ways("\\----", "---\\-");
}

#[test]
fn plain_text_that_looks_like_markup() {
    both_ways("\\*a\\* \\_b\\_ -c- +d+ ^e^", "\\*a* \\_b_ \\-c- \\+d+ \\^e^");
    both_ways("ls -l -a, 5*3, snake_case, a -> b, ~10", "ls -l -a, 5*3, snake_case, a -> b, ~10");
    both_ways("\\* no item\n\\# none either\n\\- nor this", "\\* no item \n\\# none either \n\\- nor this");
    both_ways("| no | table |", "\\| no | table |");
    both_ways("h1. no\n\nbq. no", "h1&#46; no\n\nbq&#46; no");
    both_ways("{code} {quote} {color:red}x {panel}", "\\{code} \\{quote} \\{color:red}x \\{panel}");
    both_ways("{{x}} and {*}", "&#123;{x}} and &#123;*}");
    both_ways("AT&T, \\&amp;", "AT&T, &amp;amp;");
    both_ways("C:\\dir\\x \\\\", "C:\\dir\\x &#92;");
    both_ways("[a|b] [x\\](", "\\[a|b] \\[x](");
    both_ways("!a.png! wow!", "\\!a.png! wow!");
    both_ways("what?? really??", "what\\?\\? really??");
    both_ways("O(n) is (x)", "O\\(n) is (x)");
}

#[test]
fn macros_of_others_stay() {
    both_ways(
        "/users/{id}/{user_name}, {expand:title=More}x{expand}",
        "/users/{id}/{user_name}, {expand:title=More}x{expand}",
    );
    both_ways("${HOME} {\"a\": 1}", "${HOME} \\{\"a\": 1}");
}

#[test]
fn raw_html_is_text() {
    assert_eq!(to_wiki("a <span>x</span>"), "a <span>x</span>");
    assert_eq!(to_wiki("<div>\nx\n</div>"), "<div> \nx \n</div>");
    reads("a <b>x</b>", "a \\<b>x\\</b>");
}

#[test]
fn junk_is_survived() {
    let junk: String = (1..=0x2ff_u32).chain(0x1f600..0x1f640).filter_map(char::from_u32).collect();
    let once = to_markdown(&to_wiki(&junk));
    assert_eq!(to_markdown(&to_wiki(&once)), once);
    let deep = format!("{}x", "> ".repeat(5000));
    assert!(to_wiki(&deep).contains('x'));
    assert!(to_markdown(&format!("{} x", "*".repeat(5000))).ends_with("- x"));
}
