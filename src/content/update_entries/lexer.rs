//! Splits a line into words, numbers and signs, with a cursor that parsers copy to backtrack.

use super::flat::Line;

/// The sort of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lex {
    /// Letters.
    Word,
    /// ASCII digits.
    Number,
    /// One character that is neither.
    Sign(char),
    /// Spaces of any kind.
    Space,
    /// Something that can't be in a header: code, a link, a picture.
    Opaque,
}

/// A token, and the glyphs that it spans.
#[derive(Debug, Clone)]
pub(super) struct Token {
    pub(super) lex: Lex,
    /// A word in lower case, or the digits of a number; otherwise empty.
    pub(super) text: String,
    /// It is a word in capitals.
    pub(super) capitals: bool,
    /// Its first character is a capital.
    pub(super) initial: bool,
    /// Its first glyph.
    pub(super) from: usize,
    /// One past its last glyph.
    pub(super) to: usize,
}

/// The tokens of a line.
pub(super) fn tokens(line: &Line) -> Vec<Token> {
    let glyphs = &line.glyphs;
    let mut tokens: Vec<Token> = Vec::new();
    for (index, glyph) in glyphs.iter().enumerate() {
        let ch = glyph.ch;
        let lex = if glyph.opaque {
            Lex::Opaque
        } else if ch == ' ' {
            Lex::Space
        } else if ch.is_ascii_digit() {
            Lex::Number
        } else if ch.is_alphabetic() {
            Lex::Word
        } else {
            Lex::Sign(ch)
        };
        let grows = matches!(lex, Lex::Word | Lex::Number | Lex::Space);
        match tokens.last_mut() {
            Some(last) if grows && last.lex == lex => {
                last.to = index + 1;
                last.capitals &= ch.is_uppercase();
                last.text.extend(kept(lex, ch));
            }
            Some(_) | None => tokens.push(Token {
                lex,
                text: kept(lex, ch).collect(),
                capitals: ch.is_uppercase(),
                initial: ch.is_uppercase(),
                from: index,
                to: index + 1,
            }),
        }
    }
    tokens
}

fn kept(lex: Lex, ch: char) -> impl Iterator<Item = char> {
    let keep = matches!(lex, Lex::Word | Lex::Number);
    ch.to_lowercase().filter(move |_| keep)
}

/// A position in a line's tokens.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(tokens: &'a [Token]) -> Self {
        Self { tokens, at: 0 }
    }

    /// The current token.
    pub(super) fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    /// The token `ahead` positions after the current one.
    pub(super) fn peek_at(&self, ahead: usize) -> Option<&'a Token> {
        self.tokens.get(self.at + ahead)
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Takes a word, in lower case, if there is one here.
    pub(super) fn word(&mut self) -> Option<&'a str> {
        let token = self.peek().filter(|token| token.lex == Lex::Word)?;
        self.at += 1;
        Some(&token.text)
    }

    /// Takes one of `words`, if it is here.
    pub(super) fn one_of(&mut self, words: &[&str]) -> bool {
        let mut ahead = *self;
        let found = ahead.word().is_some_and(|word| words.contains(&word));
        if found {
            *self = ahead;
        }
        found
    }

    /// Takes a number of `lengths` digits, if there is one here.
    pub(super) fn number(&mut self, lengths: std::ops::RangeInclusive<usize>) -> Option<u32> {
        let token = self.peek().filter(|token| token.lex == Lex::Number)?;
        if !lengths.contains(&token.text.len()) {
            return None;
        }
        let value = token.text.parse().ok()?;
        self.at += 1;
        Some(value)
    }

    /// How many digits the number here has; 0 if there is none.
    pub(super) fn digits(&self) -> usize {
        self.peek()
            .filter(|token| token.lex == Lex::Number)
            .map_or(0, |token| token.text.len())
    }

    /// Takes a sign, if it is here.
    pub(super) fn sign(&mut self, sign: char) -> bool {
        let found = self.is_sign(sign);
        if found {
            self.at += 1;
        }
        found
    }

    pub(super) fn is_sign(&self, sign: char) -> bool {
        self.peek()
            .is_some_and(|token| token.lex == Lex::Sign(sign))
    }

    /// Takes one of `signs`, if it is here.
    pub(super) fn any_sign(&mut self, signs: &[char]) -> Option<char> {
        match self.peek()?.lex {
            Lex::Sign(sign) if signs.contains(&sign) => {
                self.at += 1;
                Some(sign)
            }
            Lex::Sign(_) | Lex::Word | Lex::Number | Lex::Space | Lex::Opaque => None,
        }
    }

    /// Whether one of `signs` is here.
    pub(super) fn any_sign_ahead(&self, signs: &[char]) -> bool {
        let mut ahead = *self;
        ahead.any_sign(signs).is_some()
    }

    /// Takes spaces, if there are any.
    pub(super) fn space(&mut self) -> bool {
        let found = self.peek().is_some_and(|token| token.lex == Lex::Space);
        if found {
            self.at += 1;
        }
        found
    }

    /// Whether there is a word or number here, which would continue what came before it.
    pub(super) fn is_alphanumeric(&self) -> bool {
        self.peek()
            .is_some_and(|token| matches!(token.lex, Lex::Word | Lex::Number))
    }
}
