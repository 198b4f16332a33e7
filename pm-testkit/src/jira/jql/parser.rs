//! From tokens to a query, by recursive descent: `OR` binds less than `AND`, `NOT` most.

use super::ast::{Clause, Direction, FieldRef, Function, Operand, Operator, Query, Sort, Terminal};
use super::error::JqlError;
use super::lexer::{Keyword, Kind, Sign, Token};
use super::reserved::is_reserved;

/// Reads a whole query.
pub(super) fn parse(tokens: &[Token]) -> Result<Query, JqlError> {
    let mut parser = Parser { tokens, place: 0 };
    let starts_with_order = parser.is_keyword(Keyword::Order);
    let clause = match parser.token().is_end() || starts_with_order {
        true => None,
        false => Some(parser.any_of()?),
    };
    let order = parser.order()?;
    match parser.token() {
        end if end.is_end() => Ok(Query { clause, order }),
        word if word.kind == Kind::Word && is_reserved(&word.text) => Err(parser.reserved()),
        _ if !order.is_empty() => Err(JqlError::expecting("','", parser.token())),
        _ => Err(JqlError::expecting("either 'OR' or 'AND'", parser.token())),
    }
}

struct Parser<'a> {
    /// Never empty: the last one is the end.
    tokens: &'a [Token],
    place: usize,
}

impl<'a> Parser<'a> {
    fn any_of(&mut self) -> Result<Clause, JqlError> {
        let mut clauses = vec![self.all_of()?];
        while self.take_keyword(Keyword::Or) || self.take_sign(Sign::Pipe) {
            clauses.push(self.all_of()?);
        }
        Ok(joined(clauses, Clause::Or))
    }

    fn all_of(&mut self) -> Result<Clause, JqlError> {
        let mut clauses = vec![self.one()?];
        while self.take_keyword(Keyword::And) || self.take_sign(Sign::Ampersand) {
            clauses.push(self.one()?);
        }
        Ok(joined(clauses, Clause::And))
    }

    fn one(&mut self) -> Result<Clause, JqlError> {
        if self.take_keyword(Keyword::Not) || self.take_sign(Sign::Bang) {
            return Ok(Clause::Not(Box::new(self.one()?)));
        }
        if !self.take_sign(Sign::Open) {
            return self.terminal();
        }
        let clause = self.any_of()?;
        match self.take_sign(Sign::Close) {
            true => Ok(clause),
            false if self.token().is_end() => Err(JqlError::expecting("')'", self.token())),
            false => Err(JqlError::expecting("either 'OR' or 'AND'", self.token())),
        }
    }

    fn terminal(&mut self) -> Result<Clause, JqlError> {
        let field = self.field()?;
        let operator = self.operator()?;
        let operand = self.operand()?;
        Ok(Clause::Terminal(Terminal { field, operator, operand }))
    }

    fn field(&mut self) -> Result<FieldRef, JqlError> {
        let token = self.token();
        match token.kind {
            Kind::Keyword(Keyword::Cf) => self.custom_field(),
            Kind::Word if is_reserved(&token.text) => Err(self.reserved()),
            Kind::Word | Kind::Quoted | Kind::Number => {
                self.place += 1;
                match token.text.is_empty() {
                    true => Err(JqlError::empty_field(token.position)),
                    false => self.property(&token.text),
                }
            }
            _ => Err(JqlError::expecting_field(token)),
        }
    }

    fn custom_field(&mut self) -> Result<FieldRef, JqlError> {
        self.place += 1;
        self.need_sign(Sign::OpenBracket, "'['")?;
        let token = self.token();
        if token.kind != Kind::Number || token.text.starts_with('-') {
            return Err(JqlError::expecting("a custom field id (a positive number)", token));
        }
        self.place += 1;
        let id = number(token)?;
        self.need_sign(Sign::CloseBracket, "']'")?;
        Ok(FieldRef::Custom(id))
    }

    /// What may follow a field's name: `[key].path`.
    fn property(&mut self, field: &str) -> Result<FieldRef, JqlError> {
        if !self.take_sign(Sign::OpenBracket) {
            return Ok(FieldRef::Name(field.to_owned()));
        }
        let key = self.token();
        if !matches!(key.kind, Kind::Word | Kind::Quoted | Kind::Number) {
            return Err(JqlError::expecting("a property id", key));
        }
        self.place += 1;
        self.need_sign(Sign::CloseBracket, "']'")?;
        let path = match self.token() {
            token if token.kind == Kind::Word && token.text.starts_with('.') => {
                self.place += 1;
                token.text.clone()
            }
            _ => String::new(),
        };
        Ok(FieldRef::Property { field: field.to_owned(), key: key.text.clone(), path })
    }

    fn operator(&mut self) -> Result<Operator, JqlError> {
        let token = self.token();
        let operator = match token.kind {
            Kind::Sign(sign) => sign_operator(sign).ok_or_else(|| JqlError::expecting_operator(token))?,
            Kind::Keyword(Keyword::In) => Operator::In,
            Kind::Keyword(Keyword::Is) => return self.is(),
            Kind::Keyword(Keyword::Not) => {
                self.place += 1;
                return self.need_keyword(Keyword::In, "'IN'").map(|()| Operator::NotIn);
            }
            Kind::Keyword(Keyword::History) => return Err(JqlError::history(token)),
            Kind::Word if is_reserved(&token.text) => return Err(self.reserved()),
            _ => return Err(JqlError::expecting_operator(token)),
        };
        self.place += 1;
        Ok(operator)
    }

    fn is(&mut self) -> Result<Operator, JqlError> {
        self.place += 1;
        match self.token().kind {
            Kind::Sign(Sign::Bang) => Err(JqlError::expecting("'NOT'", self.token())),
            _ if self.take_keyword(Keyword::Not) => Ok(Operator::IsNot),
            _ => Ok(Operator::Is),
        }
    }

    fn operand(&mut self) -> Result<Operand, JqlError> {
        let token = self.token();
        match token.kind {
            Kind::Keyword(Keyword::Empty) => {
                self.place += 1;
                Ok(Operand::Empty)
            }
            Kind::Sign(Sign::Open) => self.list(),
            Kind::Word if is_reserved(&token.text) => Err(self.reserved()),
            Kind::Word | Kind::Quoted | Kind::Number => {
                self.place += 1;
                match self.take_sign(Sign::Open) {
                    true => self.function(token),
                    false if token.kind == Kind::Number => number(token).map(Operand::Number),
                    false => Ok(Operand::Text(token.text.clone())),
                }
            }
            _ => Err(JqlError::expecting_value(token)),
        }
    }

    fn list(&mut self) -> Result<Operand, JqlError> {
        self.place += 1;
        let mut operands = vec![self.operand()?];
        while self.take_sign(Sign::Comma) {
            operands.push(self.operand()?);
        }
        self.need_sign(Sign::Close, "')'")?;
        Ok(Operand::List(operands))
    }

    fn function(&mut self, name: &Token) -> Result<Operand, JqlError> {
        if name.text.is_empty() {
            return Err(JqlError::empty_function(name.position));
        }
        let mut arguments = Vec::new();
        if !self.take_sign(Sign::Close) {
            arguments = self.arguments()?;
        }
        Ok(Operand::Function(Function { name: name.text.clone(), arguments }))
    }

    fn arguments(&mut self) -> Result<Vec<String>, JqlError> {
        let first = self.token();
        if first.is_end() || first.kind == Kind::Sign(Sign::Comma) {
            return Err(JqlError::expecting("')'", first));
        }
        let mut arguments = vec![self.argument()?];
        while self.take_sign(Sign::Comma) {
            if self.token().kind == Kind::Sign(Sign::Close) {
                return Err(JqlError::empty_argument(self.token().position));
            }
            arguments.push(self.argument()?);
        }
        match self.take_sign(Sign::Close) {
            true => Ok(arguments),
            false if self.token().is_end() => Err(JqlError::expecting("')'", self.token())),
            false => Err(JqlError::expecting("')' or ','", self.token())),
        }
    }

    fn argument(&mut self) -> Result<String, JqlError> {
        let token = self.token();
        match token.kind {
            Kind::Word if is_reserved(&token.text) => Err(self.reserved()),
            Kind::Word | Kind::Quoted | Kind::Number => {
                self.place += 1;
                Ok(token.text.clone())
            }
            _ => Err(JqlError::expecting_argument(token)),
        }
    }

    fn order(&mut self) -> Result<Vec<Sort>, JqlError> {
        if !self.take_keyword(Keyword::Order) {
            return Ok(Vec::new());
        }
        self.need_keyword(Keyword::By, "'by'")?;
        let mut sorts = vec![self.sort()?];
        while self.take_sign(Sign::Comma) {
            sorts.push(self.sort()?);
        }
        Ok(sorts)
    }

    fn sort(&mut self) -> Result<Sort, JqlError> {
        let field = self.field()?;
        let direction = match self.token().kind {
            Kind::Keyword(Keyword::Asc) => Some(Direction::Ascending),
            Kind::Keyword(Keyword::Desc) => Some(Direction::Descending),
            Kind::End | Kind::Sign(Sign::Comma) => None,
            _ => return Err(JqlError::expecting("either 'ASC' or 'DESC'", self.token())),
        };
        if direction.is_some() {
            self.place += 1;
        }
        Ok(Sort { field, direction })
    }

    fn token(&self) -> &'a Token {
        &self.tokens[self.place.min(self.tokens.len() - 1)]
    }

    fn is_keyword(&self, keyword: Keyword) -> bool {
        self.token().kind == Kind::Keyword(keyword)
    }

    fn take(&mut self, kind: Kind) -> bool {
        let found = self.token().kind == kind;
        self.place += usize::from(found);
        found
    }

    fn take_keyword(&mut self, keyword: Keyword) -> bool {
        self.take(Kind::Keyword(keyword))
    }

    fn take_sign(&mut self, sign: Sign) -> bool {
        self.take(Kind::Sign(sign))
    }

    fn need_keyword(&mut self, keyword: Keyword, what: &str) -> Result<(), JqlError> {
        match self.take_keyword(keyword) {
            true => Ok(()),
            false => Err(JqlError::expecting(what, self.token())),
        }
    }

    fn need_sign(&mut self, sign: Sign, what: &str) -> Result<(), JqlError> {
        match self.take_sign(sign) {
            true => Ok(()),
            false => Err(JqlError::expecting(what, self.token())),
        }
    }

    fn reserved(&self) -> JqlError {
        JqlError::reserved_word(&self.token().text, self.token().position)
    }
}

fn joined(mut clauses: Vec<Clause>, join: impl FnOnce(Vec<Clause>) -> Clause) -> Clause {
    match clauses.pop() {
        Some(only) if clauses.is_empty() => only,
        last => {
            clauses.extend(last);
            join(clauses)
        }
    }
}

fn number(token: &Token) -> Result<i64, JqlError> {
    token.text.parse().map_err(|_| JqlError::illegal_number(&token.text, token.position))
}

fn sign_operator(sign: Sign) -> Option<Operator> {
    Some(match sign {
        Sign::Equals => Operator::Equals,
        Sign::NotEquals => Operator::NotEquals,
        Sign::Less => Operator::Less,
        Sign::LessOrEqual => Operator::LessOrEqual,
        Sign::Greater => Operator::Greater,
        Sign::GreaterOrEqual => Operator::GreaterOrEqual,
        Sign::Like => Operator::Like,
        Sign::NotLike => Operator::NotLike,
        _ => return None,
    })
}
