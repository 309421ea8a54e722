//! Limits how often a network does something: sends invalid tokens, or asks for subscriptions.

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use ipnet::Ipv6Net;

use crate::clock::Clock;

/// How many invalid tokens may come at once, and how many per minute. It never delays a valid token.
const MAX_FAILURES: NonZeroU32 = NonZeroU32::new(20).expect("more than none");
/// How many subscriptions may be asked for at once; after that, one per minute.
const MAX_SIGNUPS: NonZeroU32 = NonZeroU32::new(10).expect("more than none");
/// How many networks are counted separately. If there are more, all share one limit.
const MAX_NETWORKS: usize = 10_000;
/// The key of the shared limit, and of requests without an address.
const ALL_OTHERS: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

type Limiter =
    RateLimiter<IpAddr, HashMapStateStore<IpAddr>, ForwardClock, NoOpMiddleware<Duration>>;

/// A monotonic clock: it stands still while the system's is set back, so that nobody is blocked.
#[derive(Debug, Clone)]
struct ForwardClock {
    clock: Clock,
    latest_millis: Arc<AtomicU64>,
}

/// A rate limit by network.
#[derive(Debug)]
pub struct NetworkLimit(Limiter);

impl NetworkLimit {
    /// A limit for invalid tokens.
    pub fn of_failures(clock: Clock) -> Self {
        Self::new(clock, Quota::per_minute(MAX_FAILURES))
    }

    /// A limit for those who ask for subscriptions.
    pub fn of_signups(clock: Clock) -> Self {
        let quota = Quota::per_minute(NonZeroU32::MIN).allow_burst(MAX_SIGNUPS);
        Self::new(clock, quota)
    }

    fn new(clock: Clock, quota: Quota) -> Self {
        let clock = ForwardClock {
            clock,
            latest_millis: Arc::default(),
        };
        Self(Limiter::hashmap_with_clock(quota, clock))
    }

    /// Counts one more from this address, and returns whether the limit is exceeded.
    pub(super) fn is_exceeded_by(&self, address: IpAddr) -> bool {
        if self.0.len() >= MAX_NETWORKS {
            self.0.retain_recent();
        }
        let network = match self.0.len() < MAX_NETWORKS {
            true => network_of(address),
            false => ALL_OTHERS,
        };
        self.0.check_key(&network).is_err()
    }
}

/// The network of an address. An IPv6 user usually has all of a /64.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => Ipv6Net::new_assert(address, 64).trunc().addr().into(),
    }
}

impl governor::clock::Clock for ForwardClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        let millis = u64::try_from(self.clock.now().timestamp_millis()).unwrap_or_default();
        let before = self.latest_millis.fetch_max(millis, Ordering::Relaxed);
        Duration::from_millis(millis.max(before))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit() -> (NetworkLimit, Clock) {
        let clock = Clock::fixed("2013-02-26T09:15:00Z".parse().expect("an instant"));
        (NetworkLimit::of_failures(clock.clone()), clock)
    }

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn twenty_may_come_at_once_and_then_one_every_three_seconds() {
        let (limit, clock) = limit();
        let selma = address("192.0.2.1");
        for _ in 0..20 {
            assert!(!limit.is_exceeded_by(selma));
        }
        assert!(limit.is_exceeded_by(selma));
        assert!(!limit.is_exceeded_by(address("192.0.2.2")));
        clock.advance(chrono::Duration::seconds(3));
        assert!(!limit.is_exceeded_by(selma));
        assert!(limit.is_exceeded_by(selma));
        clock.advance(chrono::Duration::minutes(1));
        for _ in 0..20 {
            assert!(!limit.is_exceeded_by(selma));
        }
        assert!(limit.is_exceeded_by(selma));
    }

    #[test]
    fn ten_subscriptions_may_be_asked_for_at_once_and_then_one_every_minute() {
        let (_, clock) = limit();
        let (limit, selma) = (
            NetworkLimit::of_signups(clock.clone()),
            address("192.0.2.1"),
        );
        for _ in 0..10 {
            assert!(!limit.is_exceeded_by(selma));
        }
        assert!(limit.is_exceeded_by(selma));
        clock.advance(chrono::Duration::seconds(59));
        assert!(limit.is_exceeded_by(selma));
        clock.advance(chrono::Duration::seconds(1));
        assert!(!limit.is_exceeded_by(selma));
        assert!(limit.is_exceeded_by(selma));
    }

    #[test]
    fn a_clock_that_is_set_back_refuses_nobody() {
        let (limit, clock) = limit();
        let selma = address("192.0.2.1");
        // The limiter can't represent times before its own start.
        clock.advance(chrono::Duration::hours(2));
        assert!(!limit.is_exceeded_by(selma));
        clock.advance(chrono::Duration::hours(-1));
        for _ in 1..20 {
            assert!(!limit.is_exceeded_by(selma));
        }
        assert!(limit.is_exceeded_by(selma));
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one() {
        let (limit, _) = limit();
        for number in 0..20 {
            assert!(!limit.is_exceeded_by(address(&format!("2001:db8::{number:x}"))));
        }
        assert!(limit.is_exceeded_by(address("2001:db8::ffff")));
        assert!(!limit.is_exceeded_by(address("2001:db8:0:1::1")));
        for _ in 0..20 {
            assert!(!limit.is_exceeded_by(address("::ffff:192.0.2.1")));
        }
        assert!(limit.is_exceeded_by(address("192.0.2.1")));
    }

    #[test]
    fn of_too_many_networks_those_that_come_new_share_a_limit_until_the_others_are_forgotten() {
        let (limit, clock) = limit();
        for number in 1..MAX_NETWORKS as u32 + 100 {
            limit.is_exceeded_by(IpAddr::V4(number.into()));
        }
        assert!(limit.0.len() <= MAX_NETWORKS + 1, "{}", limit.0.len());
        assert!(limit.is_exceeded_by(address("192.0.2.1")));
        clock.advance(chrono::Duration::minutes(1));
        assert!(!limit.is_exceeded_by(address("192.0.2.1")));
        assert!(limit.0.len() < 10, "{}", limit.0.len());
    }
}
