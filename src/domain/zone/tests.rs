//! Abbreviations and names of zones, and local times in them.

use super::*;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

#[test]
fn the_abbreviation_shown_is_the_zones_own_or_an_offset() {
    for (zone, instant, shown) in [
        (Tz::America__Denver, "2013-02-26T09:15:00Z", "MST"),
        (Tz::America__Denver, "2013-07-26T09:15:00Z", "MDT"),
        (Tz::UTC, "2013-07-26T09:15:00Z", "UTC"),
        (Tz::Asia__Dubai, "2013-07-26T09:15:00Z", "UTC+4"),
        (Tz::Asia__Kathmandu, "2013-07-26T09:15:00Z", "UTC+5:45"),
        (Tz::America__Sao_Paulo, "2023-07-26T09:15:00Z", "UTC-3"),
        // Its own name for that was "-0530".
        (Tz::America__Belize, "1950-01-01T00:00:00Z", "UTC-5:30"),
    ] {
        assert_eq!(abbreviation(zone, at(instant)), shown, "{zone}");
    }
}

#[test]
fn an_offset_is_named_by_its_hours_and_minutes() {
    for (minutes, named) in [
        (0, "UTC"),
        (180, "UTC+3"),
        (345, "UTC+5:45"),
        (-210, "UTC-3:30"),
        (-720, "UTC-12"),
        // That is no offset.
        (i32::MAX, "UTC"),
    ] {
        assert_eq!(offset_name(offset_of_minutes(minutes)), named, "{minutes}");
    }
}

#[test]
fn each_day_of_the_week_has_its_name() {
    // February 25, 2013, was a Monday.
    let monday = NaiveDate::from_ymd_opt(2013, 2, 25).expect("a day");
    let week: Vec<_> = monday.iter_days().take(7).map(weekday_name).collect();
    let names = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday";
    assert_eq!(week.join(" "), names);
}

#[test]
fn daylight_saving_makes_a_time_twice_or_not_at_all() {
    let local = |text: &str| text.parse::<NaiveDateTime>().expect("a local time");
    assert_eq!(
        resolve(Tz::America__Denver, local("2013-11-03T01:30:00")),
        Local::Twice(at("2013-11-03T07:30:00Z"), at("2013-11-03T08:30:00Z"))
    );
    assert_eq!(
        resolve(Tz::America__Denver, local("2013-03-10T02:30:00")),
        Local::Skipped
    );
    assert_eq!(
        resolve(Tz::America__Denver, local("2013-02-26T02:15:00")),
        Local::Once(at("2013-02-26T09:15:00Z"))
    );
}

#[test]
fn a_day_begins_at_the_first_instant_that_the_clock_shows() {
    for (zone, day, start) in [
        (Tz::America__Denver, "2013-02-26", "2013-02-26T07:00:00Z"),
        // Brazil's clocks went from 23:59:59 to 1:00.
        (Tz::America__Sao_Paulo, "2018-11-04", "2018-11-04T03:00:00Z"),
        // Toronto's went from 23:30 to 0:30.
        (Tz::America__Toronto, "1919-03-31", "1919-03-31T04:30:00Z"),
        // Havana's go from 1:00 to 0:00, and Beirut's from 0:00 to 23:00.
        (Tz::America__Havana, "2013-11-03", "2013-11-03T04:00:00Z"),
        (Tz::Asia__Beirut, "2013-10-27", "2013-10-26T22:00:00Z"),
        // Samoa had no December 30, 2011, and Kwajalein no August 21, 1993.
        (Tz::Pacific__Apia, "2011-12-30", "2011-12-30T10:00:00Z"),
        (Tz::Pacific__Apia, "2011-12-31", "2011-12-30T10:00:00Z"),
        (Tz::Pacific__Kwajalein, "1993-08-21", "1993-08-21T12:00:00Z"),
    ] {
        let date = day.parse().expect("a day");
        assert_eq!(start_of_day(zone, date), at(start), "{zone} {day}");
    }
}

#[test]
fn a_zones_own_use_of_an_abbreviation_is_known() {
    let near = at("2013-07-04T00:00:00Z");
    let own_near = |zone, name, near| {
        own_offset(zone, name, near).map(|(o, now)| (o.local_minus_utc() / 60, now))
    };
    let own = |zone, name| own_near(zone, name, near);
    assert_eq!(own(Tz::America__Denver, "MST"), Some((-420, false)));
    assert_eq!(own(Tz::America__Denver, "MDT"), Some((-360, true)));
    assert_eq!(own(Tz::Asia__Kolkata, "IST"), Some((330, true)));
    assert_eq!(own(Tz::America__Denver, "IST"), None);
    assert_eq!(own(Tz::Asia__Dubai, "GST"), None);
    // Cancun went from Central to Eastern time in February 2015, for good.
    let (cancun, winter) = (Tz::America__Cancun, at("2014-12-01T00:00:00Z"));
    assert_eq!(own_near(cancun, "EST", winter), Some((-300, false)));
    assert_eq!(own_near(cancun, "CDT", winter), Some((-300, false)));
    assert_eq!(own_near(cancun, "CDT", at("2016-01-01T00:00:00Z")), None);
    assert_eq!(nameless_offset(Tz::America__Denver, near), None);
    let dubai = nameless_offset(Tz::Asia__Dubai, near).map(|o| o.local_minus_utc());
    assert_eq!(dubai, Some(4 * 3600));
}

#[test]
fn names_lead_to_zones() {
    let check = |names: &str, zone: Tz| {
        for name in names.split(", ") {
            assert_eq!(by_name(name), Some(zone), "{name}");
        }
    };
    check("et, eastern, us eastern, new york", Tz::America__New_York);
    check("ct, central us, chicago", Tz::America__Chicago);
    check("mt, mountain, america/denver", Tz::America__Denver);
    check("pt, us pacific, los angeles", Tz::America__Los_Angeles);
    check("akt, alaska", Tz::America__Anchorage);
    check("ht, hawaii", Tz::Pacific__Honolulu);
    check("at, atlantic", Tz::America__Halifax);
    check("arizona", Tz::America__Phoenix);
    check("universal, coordinated universal, greenwich mean", Tz::UTC);
    check("uk, british, london", Tz::Europe__London);
    check("irish", Tz::Europe__Dublin);
    check("central european, berlin", Tz::Europe__Berlin);
    check("eastern european", Tz::Europe__Helsinki);
    check("western european", Tz::Europe__Lisbon);
    check("aet", Tz::Australia__Sydney);
    check("nzt, new zealand", Tz::Pacific__Auckland);
    check("india, indian", Tz::Asia__Kolkata);
    check("japan", Tz::Asia__Tokyo);
    check("israel", Tz::Asia__Jerusalem);
    for name in ["nowhere", "gmt+5"] {
        assert_eq!(by_name(name), None, "{name}");
    }
}

#[test]
fn a_season_in_words_is_an_abbreviation_that_has_its_offset() {
    let check = |family: &str, standard: Option<&str>, daylight: &str| {
        assert_eq!(seasonal(family, true), standard, "{family}");
        assert_eq!(seasonal(family, false), Some(daylight), "{family}");
        assert_eq!(meanings(daylight).len(), 1, "{daylight}");
        let offset = |word: &str| meanings(word)[0].offset_minutes;
        if let Some(standard) = standard {
            assert_eq!(offset(daylight) - offset(standard), 60, "{family}");
        }
    };
    check("us eastern", Some("EST"), "EDT");
    check("central", None, "CDT");
    check("mountain", Some("MST"), "MDT");
    check("us pacific", Some("PST"), "PDT");
    check("alaska", Some("AKST"), "AKDT");
    check("hawaii", Some("HST"), "HDT");
    check("central european", Some("CET"), "CEST");
    check("eastern european", Some("EET"), "EEST");
    check("western european", Some("WET"), "WEST");
    check("new zealand", Some("NZST"), "NZDT");
    assert_eq!(seasonal("nowhere", true), None);
}

/// Abbreviations with the places that use them in January or July, in the order of what they mean.
const IN_JANUARY: &str = "UTC UTC, GMT Africa/Accra, Z UTC, WET Europe/Lisbon, WAT Africa/Lagos,
    CET Europe/Berlin, MET Europe/Berlin, MEZ Europe/Berlin, EET Europe/Helsinki,
    CAT Africa/Maputo, SAST Africa/Johannesburg, EAT Africa/Nairobi, IRST Asia/Tehran,
    PKT Asia/Karachi, NPT Asia/Kathmandu, MMT Asia/Yangon, ICT Asia/Bangkok, WIB Asia/Jakarta,
    WITA Asia/Makassar, WIT Asia/Jayapura, SGT Asia/Singapore, MYT Asia/Kuala_Lumpur,
    HKT Asia/Hong_Kong, PHT Asia/Manila, AWST Australia/Perth, JST Asia/Tokyo, KST Asia/Seoul,
    ACST Australia/Darwin, ACDT Australia/Adelaide, AEST Australia/Brisbane,
    AEDT Australia/Sydney, CHST Pacific/Guam, NZDT Pacific/Auckland, NST America/St_Johns,
    ART America/Buenos_Aires, BRST America/Sao_Paulo, CLST America/Santiago, BOT America/La_Paz,
    EST America/New_York, COT America/Bogota, PET America/Lima, MST America/Denver,
    PST America/Los_Angeles, AKST America/Anchorage, HST Pacific/Honolulu,
    CST America/Chicago Asia/Shanghai America/Havana, AST America/Halifax Asia/Riyadh,
    GST Asia/Dubai Atlantic/South_Georgia, SST Pacific/Pago_Pago Asia/Singapore,
    ECT America/Guayaquil America/Barbados, BDT Asia/Dhaka Asia/Brunei";
const IN_JULY: &str = "WEST Europe/Lisbon, CEST Europe/Berlin, MEST Europe/Berlin,
    MESZ Europe/Berlin, EEST Europe/Helsinki, IDT Asia/Jerusalem, MSK Europe/Moscow,
    TRT Europe/Istanbul, SAMT Europe/Samara, YEKT Asia/Yekaterinburg, OMST Asia/Omsk,
    KRAT Asia/Krasnoyarsk, VLAT Asia/Vladivostok, NZST Pacific/Auckland, NDT America/St_Johns,
    ADT America/Halifax, BRT America/Sao_Paulo, UYT America/Montevideo, CLT America/Santiago,
    VET America/Caracas, EDT America/New_York, CDT America/Chicago, MDT America/Denver,
    PDT America/Los_Angeles, AKDT America/Anchorage, HDT America/Adak,
    IST Asia/Kolkata - Europe/Dublin, BST Europe/London Asia/Dhaka Pacific/Bougainville,
    AMT America/Manaus Asia/Yerevan, WST Australia/Perth -";

#[test]
fn what_an_abbreviation_means_is_the_offset_of_a_place_that_uses_it() {
    let mut count = 0;
    // Clocks that were put for good since, such as Brazil's, are taken as they were.
    for (lines, day) in [
        (IN_JANUARY, at("2018-01-15T00:00:00Z")),
        (IN_JULY, at("2018-07-15T00:00:00Z")),
    ] {
        for line in lines.split(", ").flat_map(|line| line.split(",\n")) {
            let (word, places) = line.trim().split_once(' ').expect("places");
            let known = meanings(word);
            assert_eq!(known.len(), places.split(' ').count(), "{word}");
            for (meaning, place) in known.iter().zip(places.split(' ')) {
                if let Ok(zone) = place.parse::<Tz>() {
                    let offset = day.with_timezone(&zone).offset().fix();
                    assert_eq!(meaning.offset(), offset, "{word} in {place}");
                }
            }
            count += 1;
        }
    }
    assert_eq!(count, MEANINGS.len());
    assert!(meanings("XQT").is_empty());
}

#[test]
fn the_zone_of_a_family_uses_its_abbreviations() {
    let near = at("2018-07-15T00:00:00Z");
    let mut found = Vec::new();
    for (word, meanings) in MEANINGS {
        let Some(zone) = family(word) else { continue };
        assert_eq!(meanings.len(), 1, "{word}");
        // In German, they have their own names.
        let own = match *word {
            "MEZ" => "CET",
            "MESZ" => "CEST",
            word => word,
        };
        let offset = own_offset(zone, own, near).map(|(offset, _)| offset);
        assert_eq!(offset, Some(meanings[0].offset()), "{word}");
        found.push(*word);
    }
    found.sort_unstable();
    let words =
        "ADT AEDT AKDT AKST CDT CEST CET EDT EEST EST MDT MESZ MEZ NDT NST NZDT NZST PDT PST WEST";
    assert_eq!(found.join(" "), words);
}
