package dhara.benchmarks.nexmark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The events of an auction house. Event {@code i} is a function of the seed and {@code i}, so a
 * source only needs to remember its position, and every run sees the same events.
 *
 * <p>Of 50 events one is a person, three are auctions and 46 are bids. Half of the bids go to the
 * hot auction, the first of the last hundred; the rest to the last hundred auctions, and to ten
 * that do not exist yet. Three quarters of the bids are by the hot bidder, three quarters of the
 * auctions by the hot seller: of the last hundred people the second and the first; the rest by the
 * last thousand people, and ten who have yet to join. An auction is open for as long as on average
 * a hundred auctions take to come. Persons have about 200 bytes, auctions 500, bids 100. Events are
 * in the order of their times.
 *
 * @param seed another seed, other events
 * @param count how many events there are
 * @param perSecond how many of them happen in each second of event time
 */
public record AuctionHouse(long seed, long count, int perSecond) implements Serializable {

  /** How many events a {@link Chunk} has, but for the last. */
  public static final int CHUNK = 20;

  private static final int PERSONS = 1;
  private static final int AUCTIONS = 3;
  private static final int EPOCH = 50;

  private static final long FIRST_ID = 1_000;
  private static final long FIRST_CATEGORY = 10;
  private static final int CATEGORIES = 5;
  private static final int IN_FLIGHT = 100;
  private static final int ACTIVE_PEOPLE = 1_000;
  private static final int YET_TO_COME = 10;
  private static final int HOT_OF = 100;

  /** 2015-07-15T00:00:00Z, when Beam's Nexmark starts, too. */
  private static final long START_MILLIS = 1_436_918_400_000L;

  private static final String[] CITIES = {
    "Phoenix",
    "Tucson",
    "Los Angeles",
    "San Diego",
    "Boise",
    "Portland",
    "Bend",
    "Seattle",
    "Kent",
    "Cheyenne"
  };
  private static final String[] STATES = {
    "AZ", "AZ", "CA", "CA", "ID", "OR", "OR", "WA", "WA", "WY"
  };
  private static final String[] FIRST_NAMES = {
    "Asha", "Bela", "Chandra", "Deepa", "Esha", "Farid", "Gita", "Hari", "Indra", "Jaya", "Kiran"
  };
  private static final String[] LAST_NAMES = {
    "Adams", "Baker", "Clark", "Davis", "Evans", "Foster", "Gray", "Hill", "Irwin"
  };

  /** Letters to cut strings from: making them up one by one would be most of a source's work. */
  private static final String LETTERS = letters();

  private static String letters() {
    SplittableRandom random = new SplittableRandom(50);
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < 1 << 16; i++) {
      letters.append((char) ('a' + random.nextInt(26)));
    }
    return letters.toString();
  }

  /** How many chunks the events make. */
  public long chunks() {
    return (count + CHUNK - 1) / CHUNK;
  }

  /** Some events on end: {@code chunk} of {@link #chunks}. */
  public Chunk chunk(long chunk) {
    long first = chunk * CHUNK;
    int size = (int) Math.min(CHUNK, count - first);
    List<Event> events = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      events.add(event(first + i));
    }
    return new Chunk(events);
  }

  /** All events, in the order of their times. */
  public List<Event> events() {
    List<Event> events = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      events.add(event(i));
    }
    return events;
  }

  /** When event {@code i} happens, epoch milliseconds. */
  public long atMillis(long i) {
    return START_MILLIS + i * 1_000 / perSecond;
  }

  /** Event {@code i} of {@link #count}. */
  public Event event(long i) {
    // The factor is none that SplittableRandom steps by: no event's numbers are its neighbour's.
    SplittableRandom random = new SplittableRandom(seed + i * 0xD1342543DE82EF95L);
    int inEpoch = (int) (i % EPOCH);
    if (inEpoch < PERSONS) {
      return new Event(person(i, random), null, null);
    }
    if (inEpoch < PERSONS + AUCTIONS) {
      return new Event(null, auction(i, random), null);
    }
    return new Event(null, null, bid(i, random));
  }

  private Person person(long i, SplittableRandom random) {
    int city = random.nextInt(CITIES.length);
    String name =
        FIRST_NAMES[random.nextInt(FIRST_NAMES.length)]
            + ' '
            + LAST_NAMES[random.nextInt(LAST_NAMES.length)];
    String email = text(random, 7) + '@' + text(random, 5) + ".com";
    String card = Long.toString(random.nextLong(1_000_000_000_000_000L, 10_000_000_000_000_000L));
    return new Person(
        FIRST_ID + lastPerson(i),
        name,
        email,
        card,
        CITIES[city],
        STATES[city],
        atMillis(i),
        extra(random, 200 - 8 - name.length() - email.length() - card.length() - 20));
  }

  private Auction auction(long i, SplittableRandom random) {
    long initialBid = price(random);
    long hundredAuctionsMillis = atMillis(i + IN_FLIGHT * EPOCH / AUCTIONS) - atMillis(i);
    return new Auction(
        FIRST_ID + lastAuction(i),
        text(random, 5 + random.nextInt(15)),
        text(random, 20 + random.nextInt(80)),
        initialBid,
        initialBid + price(random),
        atMillis(i),
        atMillis(i) + 1 + random.nextLong(Math.max(2 * hundredAuctionsMillis, 1)),
        FIRST_ID
            + (random.nextInt(4) > 0 ? lastPerson(i) / HOT_OF * HOT_OF : somePerson(i, random)),
        FIRST_CATEGORY + random.nextInt(CATEGORIES),
        extra(random, 500 - 6 * 8 - 12 - 60));
  }

  private Bid bid(long i, SplittableRandom random) {
    return new Bid(
        FIRST_ID
            + (random.nextInt(2) > 0 ? lastAuction(i) / HOT_OF * HOT_OF : someAuction(i, random)),
        FIRST_ID
            + (random.nextInt(4) > 0 ? lastPerson(i) / HOT_OF * HOT_OF + 1 : somePerson(i, random)),
        price(random),
        atMillis(i),
        extra(random, 100 - 4 * 8));
  }

  /** The last person until event {@code i}, from 0. */
  private static long lastPerson(long i) {
    return i / EPOCH;
  }

  /** The last auction until event {@code i}, from 0; before the first, 0 as well. */
  private static long lastAuction(long i) {
    return Math.max(i / EPOCH * AUCTIONS + Math.min(i % EPOCH, AUCTIONS) - 1, 0);
  }

  private static long somePerson(long i, SplittableRandom random) {
    long people = lastPerson(i) + 1;
    long active = Math.min(people, ACTIVE_PEOPLE);
    return people - active + random.nextLong(active + YET_TO_COME);
  }

  private static long someAuction(long i, SplittableRandom random) {
    long oldest = Math.max(lastAuction(i) - IN_FLIGHT, 0);
    return oldest + random.nextLong(lastAuction(i) - oldest + 1 + YET_TO_COME);
  }

  /**
   * From 1.00 to a million, in cents; as many below ten as between ten and a hundred, and so on.
   */
  private static long price(SplittableRandom random) {
    return Math.round(Math.pow(10, random.nextDouble() * 6) * 100);
  }

  /** Letters of about this number, a fifth more or less. */
  private static String extra(SplittableRandom random, int length) {
    int fifth = length / 5;
    return text(random, length - fifth + random.nextInt(2 * fifth + 1));
  }

  private static String text(SplittableRandom random, int length) {
    int from = random.nextInt(LETTERS.length() - length);
    return LETTERS.substring(from, from + length);
  }
}
