//! A query's words and signs.

use std::fmt;
use std::iter::Peekable;
use std::str::Chars;

use super::error::JqlError;

/// Where something begins, both counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) line: usize,
    pub(super) column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "(line {}, character {})", self.line, self.column)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    /// Without quotation marks and escapes.
    pub(super) text: String,
    pub(super) position: Position,
}

impl Token {
    pub(super) fn is_end(&self) -> bool {
        self.kind == Kind::End
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word that stands for itself.
    Word,
    Quoted,
    Number,
    Keyword(Keyword),
    Sign(Sign),
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    And,
    Or,
    Not,
    In,
    Is,
    Empty,
    Order,
    By,
    Asc,
    Desc,
    Cf,
    /// `was` and `changed`, with which queries look into the past.
    History,
    /// What belongs to those: `before`, `after`, `during`, `on`, `from`, `to`.
    Predicate,
}

impl Keyword {
    fn of(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "and" => Self::And,
            "or" => Self::Or,
            "not" => Self::Not,
            "in" => Self::In,
            "is" => Self::Is,
            "empty" | "null" => Self::Empty,
            "order" => Self::Order,
            "by" => Self::By,
            "asc" => Self::Asc,
            "desc" => Self::Desc,
            "cf" => Self::Cf,
            "was" | "changed" => Self::History,
            "before" | "after" | "during" | "on" | "from" | "to" => Self::Predicate,
            _ => return None,
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    Open,
    Close,
    OpenBracket,
    CloseBracket,
    Comma,
    Equals,
    NotEquals,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Like,
    NotLike,
    Bang,
    Ampersand,
    Pipe,
}

/// All tokens, the end included: the vendor reads them all before it looks at their order.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, JqlError> {
    let mut lexer = Lexer { rest: text.chars().peekable(), position: Position { line: 1, column: 1 } };
    let mut tokens = Vec::new();
    loop {
        let token = lexer.token()?;
        let last = token.is_end();
        tokens.push(token);
        if last {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    rest: Peekable<Chars<'a>>,
    position: Position,
}

impl Lexer<'_> {
    fn token(&mut self) -> Result<Token, JqlError> {
        while self.rest.peek().is_some_and(|next| next.is_whitespace()) {
            self.next();
        }
        let position = self.position;
        let Some(&next) = self.rest.peek() else {
            return Ok(Token { kind: Kind::End, text: String::new(), position });
        };
        match next {
            '"' | '\'' => self.quoted(next, position),
            next if is_reserved(next) => Err(JqlError::reserved_character(next, position)),
            next if next.is_control() => Err(JqlError::control_character(next, position)),
            _ => match self.sign() {
                Some((sign, text)) => Ok(Token { kind: Kind::Sign(sign), text, position }),
                None => self.word(position),
            },
        }
    }

    fn next(&mut self) -> Option<char> {
        let next = self.rest.next()?;
        match next {
            '\n' => self.position = Position { line: self.position.line + 1, column: 1 },
            _ => self.position.column += 1,
        }
        Some(next)
    }

    fn next_if(&mut self, wanted: char) -> bool {
        let found = self.rest.peek() == Some(&wanted);
        if found {
            self.next();
        }
        found
    }

    fn sign(&mut self) -> Option<(Sign, String)> {
        let first = *self.rest.peek()?;
        let alone = match first {
            '(' => Sign::Open,
            ')' => Sign::Close,
            '[' => Sign::OpenBracket,
            ']' => Sign::CloseBracket,
            ',' => Sign::Comma,
            '=' => Sign::Equals,
            '<' => Sign::Less,
            '>' => Sign::Greater,
            '~' => Sign::Like,
            '!' => Sign::Bang,
            '&' => Sign::Ampersand,
            '|' => Sign::Pipe,
            _ => return None,
        };
        self.next();
        let longer = [
            (Sign::Less, '=', Sign::LessOrEqual),
            (Sign::Greater, '=', Sign::GreaterOrEqual),
            (Sign::Bang, '=', Sign::NotEquals),
            (Sign::Bang, '~', Sign::NotLike),
            (Sign::Ampersand, '&', Sign::Ampersand),
            (Sign::Pipe, '|', Sign::Pipe),
        ];
        for (begin, second, both) in longer {
            if begin == alone && self.next_if(second) {
                return Some((both, format!("{first}{second}")));
            }
        }
        Some((alone, first.to_string()))
    }

    fn quoted(&mut self, quote: char, position: Position) -> Result<Token, JqlError> {
        self.next();
        let mut text = String::new();
        loop {
            match self.rest.peek().copied() {
                Some('\\') => text.push(self.escaped()?),
                Some(end) if end == quote => break,
                Some(control) if control.is_control() && !control.is_whitespace() => {
                    return Err(JqlError::control_character(control, self.position));
                }
                Some(other) => {
                    self.next();
                    text.push(other);
                }
                None => return Err(JqlError::unfinished_string(&text, position)),
            }
        }
        self.next();
        Ok(Token { kind: Kind::Quoted, text, position })
    }

    fn word(&mut self, position: Position) -> Result<Token, JqlError> {
        let (mut text, mut escapes) = (String::new(), false);
        while let Some(&next) = self.rest.peek() {
            if next == '\\' {
                escapes = true;
                text.push(self.escaped()?);
                continue;
            }
            if ends_word(next) {
                break;
            }
            self.next();
            text.push(next);
        }
        let kind = match Keyword::of(&text) {
            _ if escapes => Kind::Quoted,
            Some(keyword) => Kind::Keyword(keyword),
            None if is_number(&text) => Kind::Number,
            None => Kind::Word,
        };
        Ok(Token { kind, text, position })
    }

    fn escaped(&mut self) -> Result<char, JqlError> {
        let position = self.position;
        let mut read = String::new();
        read.extend(self.next());
        let Some(letter) = self.next() else { return Err(JqlError::illegal_escape(&read, position)) };
        read.push(letter);
        match letter {
            't' => Ok('\t'),
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            '\\' | '\'' | '"' | ' ' => Ok(letter),
            'u' => self.code_point(read, position),
            _ => Err(JqlError::illegal_escape(&read, position)),
        }
    }

    fn code_point(&mut self, mut read: String, position: Position) -> Result<char, JqlError> {
        let mut code = 0;
        for _ in 0..4 {
            let next = self.next();
            read.extend(next);
            let digit = next.and_then(|next| next.to_digit(16));
            code = code * 16 + digit.ok_or_else(|| JqlError::illegal_escape(&read, position))?;
        }
        char::from_u32(code).ok_or_else(|| JqlError::illegal_escape(&read, position))
    }
}

/// Characters that may stand in quoted strings only.
///
/// The vendor's list also has `.`, yet its own examples (`issue.property[attachment].size`) use that without quotation
/// marks: <https://support.atlassian.com/jira-software-cloud/docs/what-is-advanced-search-in-jira-cloud/>.
fn is_reserved(character: char) -> bool {
    "{}*/%+^$#@?;".contains(character)
}

fn ends_word(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || is_reserved(character)
        || "\"'=!<>()~,[]|&".contains(character)
}

fn is_number(word: &str) -> bool {
    let digits = word.strip_prefix('-').unwrap_or(word);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}
