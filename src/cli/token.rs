//! `lightship token`: manages credentials of the admin API, on the host itself.

use chrono::{DateTime, Duration, Utc};
use clap::Subcommand;

use crate::actions::Change;
use crate::actions::tokens::{NewToken, issue_token, revoke_token};
use crate::clock::Clock;
use crate::config::SourceConfig;
use crate::domain::actor::Actor;
use crate::domain::scope::Scope;
use crate::domain::staff::Token;
use crate::store::tokens::list_tokens;
use crate::store::{Store, sqlite_file};

/// What to do with tokens.
#[derive(Debug, Clone, Subcommand)]
pub(super) enum TokenCommand {
    /// Create a token; prints only the token, and only this once.
    Create {
        /// Its name, such as that of the person who will use it.
        name: String,
        /// What it may do: states:write ("States" on the staff pages), incidents:write
        /// ("Incidents"), subscribers:write ("Subscribers"), admin ("Everything"). May be given several times; by default states:write
        /// and incidents:write.
        #[arg(long, value_parser = parse_scope)]
        scope: Vec<Scope>,
        /// The byline for what is posted with it.
        #[arg(long)]
        display_name: Option<String>,
        /// Days until it stops working.
        #[arg(long, value_name = "DAYS")]
        expires_in_days: Option<u16>,
    },
    /// List the tokens; secrets aren't stored, so they aren't shown.
    List {
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// Revoke a token, by its id or name.
    Revoke {
        /// Its id or name.
        token: String,
    },
}

fn parse_scope(word: &str) -> Result<Scope, String> {
    Scope::parse(word).ok_or_else(|| {
        let known: Vec<_> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        format!("the scopes are {}", known.join(", "))
    })
}

/// Runs a `token` command.
pub(super) async fn token(command: TokenCommand, source: &SourceConfig) -> anyhow::Result<()> {
    let was_there = sqlite_file(&source.database).is_none_or(|file| file.exists());
    let store = Store::open(&source.database).await?;
    if !was_there {
        anstream::eprintln!(
            "note: there was no database {}, so a new one was made; start the server with the \
             same --database, and in this folder if that is a file in it",
            source.database
        );
    }
    let clock = Clock::System;
    match command {
        TokenCommand::Create {
            name,
            scope,
            display_name,
            expires_in_days,
        } => {
            let scopes = if scope.is_empty() {
                vec![Scope::StatesWrite, Scope::IncidentsWrite]
            } else {
                scope
            };
            let expires_at = expires_in_days.map(|days| clock.now() + Duration::days(days.into()));
            let wanted = NewToken {
                name,
                display_name,
                scopes,
                expires_at,
            };
            let secret = issue(&store, &clock, wanted).await?;
            anstream::println!("{secret}");
        }
        TokenCommand::List { json } => {
            let mut tx = store.read().await?;
            let tokens = list_tokens(&mut tx).await?;
            print_tokens(&tokens, clock.now(), json)?;
        }
        TokenCommand::Revoke { token } => {
            let id = find_id(&store, &token).await?;
            let mut change = Change::begin(&store, &clock, Actor::host()).await?;
            let revoked = revoke_token(&mut change, &id).await?;
            change.commit().await?;
            anstream::println!("{} no longer works.", revoked.name);
        }
    }
    store.close().await;
    Ok(())
}

/// Creates an admin token if the database has no token yet.
pub(super) async fn first_token(store: &Store, clock: &Clock) -> anyhow::Result<Option<String>> {
    let mut tx = store.read().await?;
    let known = list_tokens(&mut tx).await?;
    drop(tx);
    if !known.is_empty() {
        return Ok(None);
    }
    let wanted = NewToken {
        name: "first admin".to_owned(),
        display_name: None,
        scopes: vec![Scope::Admin],
        expires_at: None,
    };
    Ok(Some(issue(store, clock, wanted).await?))
}

async fn issue(store: &Store, clock: &Clock, wanted: NewToken) -> anyhow::Result<String> {
    let mut change = Change::begin(store, clock, Actor::host()).await?;
    let (_, secret) = issue_token(&mut change, wanted).await?;
    change.commit().await?;
    Ok(secret)
}

async fn find_id(store: &Store, wanted: &str) -> anyhow::Result<String> {
    let mut tx = store.read().await?;
    let tokens = list_tokens(&mut tx).await?;
    let named: Vec<_> = tokens
        .iter()
        .filter(|token| token.id == wanted || (token.name == wanted && token.revoked_at.is_none()))
        .collect();
    match named.as_slice() {
        [token] => Ok(token.id.clone()),
        [] => anyhow::bail!("there is no token {wanted:?}; `lightship token list` shows them"),
        _ => anyhow::bail!(
            "{} tokens are called {wanted:?}; give the id instead, from `lightship token list`",
            named.len()
        ),
    }
}

fn print_tokens(tokens: &[Token], now: DateTime<Utc>, json: bool) -> anyhow::Result<()> {
    let day = |at: Option<DateTime<Utc>>| {
        at.map_or("-".to_owned(), |at| at.format("%Y-%m-%d").to_string())
    };
    if json {
        let list: Vec<_> = tokens
            .iter()
            .map(|token| {
                serde_json::json!({
                    "id": token.id, "name": token.name, "display_name": token.display_name,
                    "scopes": token.scopes, "created_at": token.created_at,
                    "expires_at": token.expires_at, "last_used_at": token.last_used_at,
                    "revoked_at": token.revoked_at,
                })
            })
            .collect();
        anstream::println!("{}", serde_json::to_string_pretty(&list)?);
        return Ok(());
    }
    let width = tokens
        .iter()
        .map(|token| token.name.chars().count())
        .max()
        .unwrap_or(4)
        .max(4);
    anstream::println!(
        "{:36}  {:width$}  {:10}  {:10}  SCOPES",
        "ID",
        "NAME",
        "LAST USED",
        "UNTIL"
    );
    for token in tokens {
        let scopes: Vec<_> = token.scopes.iter().map(|scope| scope.as_str()).collect();
        let until = if token.revoked_at.is_some() {
            "revoked".to_owned()
        } else if token.is_valid(now) {
            day(token.expires_at)
        } else {
            "expired".to_owned()
        };
        anstream::println!(
            "{:36}  {:width$}  {:10}  {until:10}  {}",
            token.id,
            token.name,
            day(token.last_used_at),
            scopes.join(" ")
        );
    }
    Ok(())
}
