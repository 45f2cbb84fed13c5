package dhara.serving.store;

import static dhara.serving.store.StoreRows.DEAD;
import static dhara.serving.store.StoreRows.LEDGER;
import static dhara.serving.store.StoreRows.NINE;
import static dhara.serving.store.StoreRows.SALES;
import static dhara.serving.store.StoreRows.TOPIC;
import static dhara.serving.store.StoreRows.dead;
import static dhara.serving.store.StoreRows.file;
import static dhara.serving.store.StoreRows.ledger;
import static dhara.serving.store.StoreRows.row;
import static dhara.serving.store.StoreRows.sale;
import static dhara.serving.store.StoreRows.sold;
import static dhara.serving.store.StoreRows.start;
import static dhara.serving.store.StoreRows.topic;
import static dhara.serving.store.StoreRows.withdrawal;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.options.BadOption;
import dhara.serving.store.KeepRules.How;
import dhara.serving.store.KeepRules.Rolled;
import dhara.serving.store.KeepRules.Tier;
import dhara.serving.views.BadQuery;
import dhara.serving.views.ServedView;
import dhara.serving.views.ServingStatus.ViewStatus;
import dhara.serving.views.ViewChange;
import dhara.serving.views.ViewChanges;
import dhara.serving.views.ViewColumn;
import dhara.serving.views.ViewColumn.Role;
import dhara.serving.views.ViewPage;
import dhara.serving.views.ViewQuery;
import dhara.serving.views.ViewQuery.Comparison;
import dhara.serving.views.ViewQuery.Filter;
import dhara.serving.views.ViewQuery.Order;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewStoreTest {

  @TempDir Path folder;

  private ViewStore store;

  @BeforeEach
  void open() throws Exception {
    open(KeepRules.all());
  }

  private void open(KeepRules rules) throws Exception {
    if (store != null) {
      store.close();
    }
    store = ViewStore.open(folder, rules, "500MB");
    store.define(SALES);
    store.define(LEDGER);
  }

  @AfterEach
  void close() throws Exception {
    store.close();
  }

  private Map<String, String> now() throws Exception {
    return sold(store.query(all()).rows());
  }

  private static ViewQuery all() {
    return new ViewQuery(
        SALES.name(), List.of(), List.of(), null, null, List.of(), ViewQuery.MOST, null, null);
  }

  private static ViewQuery where(Filter... filters) {
    return new ViewQuery(
        SALES.name(), List.of(), List.of(filters), null, null, List.of(), 100, null, null);
  }

  private ViewStatus status() {
    return store.status().views().stream()
        .filter(view -> view.view().equals(SALES.name()))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theHighestRevisionCountsInWhateverOrderRowsCome() throws Exception {
    store.commit(List.of(topic(SALES, sale("tea", 0, 5, 50), sale("tea", 0, 3, 30))));
    assertThat(now(), is(Map.of("tea@0", "50 r5")));
    store.commit(List.of(topic(SALES, sale("tea", 0, 4, 40))));
    assertThat(now(), is(Map.of("tea@0", "50 r5")));
    store.commit(List.of(topic(SALES, sale("tea", 0, 6, 60), sale("tea", 1, 1, 10))));
    assertThat(now(), is(Map.of("tea@0", "60 r6", "tea@1", "10 r1")));
    assertThat(status().rows(), is(2L));
    assertThat(status().superseded(), is(1L));
    assertThat(status().newestWindow(), is(start(2)));
  }

  @Test
  void aWithdrawalRemovesWhatIsNotNewer() throws Exception {
    store.commit(List.of(topic(SALES, sale("tea", 0, 5, 50), sale("rice", 0, 9, 90))));
    store.commit(List.of(topic(SALES, withdrawal("tea", 0, 6), withdrawal("rice", 0, 8))));
    assertThat(now(), is(Map.of("rice@0", "90 r9")));
    // An older row, of a topic that is read again, does not undo it; a newer one does.
    store.commit(List.of(topic(SALES, sale("tea", 0, 5, 50))));
    assertThat(now(), is(Map.of("rice@0", "90 r9")));
    store.commit(List.of(topic(SALES, sale("tea", 0, 7, 70))));
    assertThat(now(), is(Map.of("rice@0", "90 r9", "tea@0", "70 r7")));
  }

  @Test
  void aWithdrawalOfAFileRemovesTheRowOfItsRevision() throws Exception {
    store.commit(List.of(file(SALES, withdrawal("tea", 0, 5))));
    store.commit(List.of(file(SALES, sale("tea", 0, 5, 50))));
    assertThat(now(), is(Map.of()));
  }

  @Test
  void aWithdrawalWithoutARevisionRemovesEverythingBefore() throws Exception {
    store.commit(List.of(topic(SALES, sale("tea", 0, 5, 50))));
    store.commit(
        List.of(topic(SALES, withdrawal("tea", 0, StoredRow.ALL_BEFORE), sale("tea", 0, 2, 20))));
    assertThat(now(), is(Map.of("tea@0", "20 r2")));
    store.commit(List.of(topic(SALES, withdrawal("tea", 0, StoredRow.ALL_BEFORE))));
    assertThat(now(), is(Map.of()));
    store.commit(List.of(topic(SALES, sale("tea", 0, 1, 10))));
    assertThat(now(), is(Map.of("tea@0", "10 r1")));
  }

  @Test
  void atTheSeamOfAFolderAndATopicEachAnswerIsThereOnce() throws Exception {
    store.commit(List.of(file(SALES, sale("tea", 0, 0, 1), sale("tea", 1, 0, 2))));
    store.commit(List.of(topic(SALES, sale("tea", 1, 0, 3), sale("tea", 2, 0, 4))));
    assertThat(now(), is(Map.of("tea@0", "1 r0", "tea@1", "3 r0", "tea@2", "4 r0")));
    // The same when the folder comes last.
    store.commit(List.of(file(SALES, sale("tea", 1, 0, 2))));
    assertThat(now(), is(Map.of("tea@0", "1 r0", "tea@1", "3 r0", "tea@2", "4 r0")));
    assertThat(status().rows(), is(3L));
  }

  @Test
  void ofFilesThatContradictEachOtherTheSameRowIsTakenInAnyOrder() throws Exception {
    store.commit(List.of(file(SALES, sale("tea", 0, 0, 1), sale("tea", 0, 0, 2))));
    Map<String, String> one = now();
    assertThat(status().conflicts(), is(1L));
    open(KeepRules.all());
    store.commit(List.of(topic(SALES, withdrawal("tea", 0, StoredRow.ALL_BEFORE))));
    store.commit(List.of(file(SALES, sale("tea", 0, 0, 2))));
    store.commit(List.of(file(SALES, sale("tea", 0, 0, 1))));
    assertThat(now(), is(one));
    assertThat(status().conflicts(), is(1L));
    // One of them is the row that counts, and equal rows do not contradict each other.
    store.commit(List.of(file(SALES, sale("tea", 0, 0, 1))));
    store.commit(List.of(file(SALES, sale("tea", 0, 0, 2))));
    assertThat(now(), is(one));
    assertThat(status().conflicts(), is(2L));
  }

  /** A slow and obvious store: all rows of a key in their order. */
  private static Map<String, String> oracle(List<StoredRow> rows) {
    Map<String, StoredRow> settled = new TreeMap<>();
    for (StoredRow row : rows) {
      String key =
          row.values().get(0)
              + "@"
              + Duration.between(NINE, (Instant) row.values().get(1)).toMinutes();
      settled.merge(key, row, (a, b) -> b.revision() >= a.revision() ? b : a);
    }
    Map<String, String> sold = new TreeMap<>();
    settled.forEach(
        (key, row) -> {
          if (!row.withdrawn()) {
            sold.put(key, row.values().get(3) + " r" + row.revision());
          }
        });
    return sold;
  }

  @Test
  void anyRowsInAnyBatchesSettleAsTheOracleSays() throws Exception {
    Random random = new Random(17);
    List<StoredRow> rows = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      String product = "p" + random.nextInt(8);
      int minute = random.nextInt(20);
      int revision = random.nextInt(30);
      rows.add(
          random.nextInt(5) == 0
              ? withdrawal(product, minute, revision)
              : sale(product, minute, revision, i));
    }
    List<Instant> at = new ArrayList<>();
    List<Map<String, String>> then = new ArrayList<>();
    Map<List<Object>, Object> pushed = new HashMap<>();
    long since = store.lastChange();
    for (int from = 0; from < rows.size(); ) {
      int to = Math.min(rows.size(), from + 1 + random.nextInt(200));
      store.commit(List.of(topic(SALES, rows.subList(from, to).toArray(StoredRow[]::new))));
      from = to;
      assertThat(now(), is(oracle(rows.subList(0, to))));
      assertThat(status().rows(), is((long) now().size()));
      at.add(Instant.now());
      then.add(now());
      // Whoever applies the changes has the same rows.
      ViewChanges changes = store.changes(since, Integer.MAX_VALUE);
      assertThat(changes.complete(), is(true));
      for (ViewChange change : changes.changes()) {
        change.removals().forEach(removal -> pushed.remove(removal));
        change.upserts().forEach(row -> pushed.put(row.subList(0, 3), row.get(4)));
      }
      since = changes.last();
      assertThat(pushed.size(), is(now().size()));
    }
    for (List<Object> row : store.query(all()).rows()) {
      assertThat(pushed.get(row.subList(0, 3)), is(row.get(4)));
    }
    for (int i = 0; i < at.size(); i++) {
      assertThat(sold(store.query(all().asKnownAt(at.get(i))).rows()), is(then.get(i)));
    }
  }

  @Test
  void afterARestartEverythingIsAsItWas() throws Exception {
    store.commit(
        List.of(
            topic(SALES, Map.of("0", "2", "topic", "x"), sale("tea", 0, 5, 50)),
            topic(LEDGER, ledger("orders", 1, start(3), Duration.ofMinutes(1)))));
    store.commit(List.of(topic(SALES, Map.of("0", "3"), sale("tea", 0, 6, 60))));
    Instant before = Instant.now();
    store.commit(List.of(topic(SALES, Map.of("0", "4"), withdrawal("tea", 0, 7))));
    long change = store.lastChange();
    open(KeepRules.all());
    assertThat(store.lastChange(), is(change));
    assertThat(store.changes(change, 10), is(new ViewChanges(true, change, List.of())));
    assertThat(store.changes(change - 1, 10).complete(), is(false));
    assertThat(store.positions(SALES.name(), TOPIC), is(Map.of("0", "4", "topic", "x")));
    assertThat(now(), is(Map.of()));
    assertThat(sold(store.query(all().asKnownAt(before)).rows()), is(Map.of("tea@0", "60 r6")));
    assertThat(status().watermark(), is(start(3)));
    assertThat(status().lateness(), is(Duration.ofMinutes(1)));
    // The rows that the topic has before the position do not come back.
    store.commit(List.of(topic(SALES, sale("tea", 0, 6, 60))));
    assertThat(now(), is(Map.of()));
  }

  @Test
  void aCommitThatFailsChangesNothing() throws Exception {
    store.commit(List.of(topic(SALES, Map.of("0", "1"), sale("tea", 0, 1, 10))));
    long change = store.lastChange();
    StoredRow broken = row("rice", 0, 1, false, Arrays.asList("no number", null, null));
    assertThrows(
        ClassCastException.class,
        () -> store.commit(List.of(topic(SALES, Map.of("0", "3"), sale("tea", 0, 2, 20), broken))));
    assertThat(now(), is(Map.of("tea@0", "10 r1")));
    assertThat(store.positions(SALES.name(), TOPIC), is(Map.of("0", "1")));
    assertThat(store.lastChange(), is(change));
    assertThat(status().rows(), is(1L));
    store.commit(List.of(topic(SALES, Map.of("0", "2"), sale("tea", 0, 2, 20))));
    assertThat(now(), is(Map.of("tea@0", "20 r2")));
  }

  @Test
  void anotherProcessOrOtherColumnsAreRefusedWithTheFix() throws Exception {
    ServedView other =
        new ServedView(
            SALES.name(),
            "shop",
            "sales",
            "",
            "",
            SALES.kind(),
            SALES.table(),
            SALES.columns().stream().filter(column -> !column.name().equals("price")).toList());
    BadOption refused = assertThrows(BadOption.class, () -> store.define(other));
    assertThat(refused.getMessage(), containsString("name another folder"));
    BadOption memory =
        assertThrows(
            BadOption.class, () -> ViewStore.open(folder.resolve("b"), KeepRules.all(), "much"));
    assertThat(memory.getMessage(), containsString("--memory=much: is no size of memory"));
  }

  @Test
  void statesFollowTheWatermarkOfTheLedger() throws Exception {
    store.commit(
        List.of(
            topic(SALES, sale("a", 0, 1, 1), sale("a", 1, 1, 1), sale("a", 2, 1, 1)),
            file(SALES, sale("a", 9, 0, 1))));
    assertThat(states(null), contains("open", "open", "open", "settled"));
    Instant unknown = Instant.now();
    store.commit(
        List.of(
            topic(
                LEDGER,
                ledger("orders", 1, start(2).plusSeconds(30), Duration.ofMinutes(1)),
                ledger("returns", 1, start(5), Duration.ofMinutes(1)))));
    assertThat(states(null), contains("settled", "revisable", "open", "settled"));
    assertThat(
        store
            .query(where(new Filter("answer_state", Comparison.EQ, List.of("revisable"))))
            .rows()
            .get(0)
            .get(8),
        is(start(3)));
    assertThat(states(unknown), contains("open", "open", "open", "settled"));
    try (Connection session = store.session();
        Statement statement = session.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select answer_state, revisable_until from shop_sales order by window_start")) {
      List<String> states = new ArrayList<>();
      while (rows.next()) {
        states.add(rows.getString(1) + " " + rows.getString(2));
      }
      assertThat(
          states,
          contains("settled null", "revisable 2026-10-01 09:03:00.0", "open null", "settled null"));
    }
  }

  @Test
  void answersAreOpenUntilTheLatenessOfEveryInputIsKnown() throws Exception {
    store.commit(List.of(topic(SALES, sale("a", 0, 1, 1))));
    StoredRow unsettled =
        new StoredRow(
            StoredRow.id(List.of("returns")),
            1,
            false,
            Arrays.asList("returns", 1L, start(5), null));
    store.commit(List.of(topic(LEDGER, unsettled)));
    assertThat(states(null), contains("open"));
    store.commit(List.of(topic(LEDGER, ledger("orders", 1, start(5), Duration.ofMinutes(1)))));
    assertThat(states(null), contains("open"));
    store.commit(List.of(topic(LEDGER, ledger("returns", 2, start(5), Duration.ofMinutes(9)))));
    assertThat(states(null), contains("revisable"));
  }

  @Test
  void aDeadLetterThatIsSeenAgainCountsOnce() throws Exception {
    store.define(DEAD);
    store.commit(List.of(topic(DEAD, dead("0@7", start(0), 1), dead("0@8", start(0), 1))));
    store.commit(List.of(topic(DEAD, dead("0@7", start(60), 1), dead("0@9", start(60), 1))));
    assertThat(store.status().analyses().get(0).deadLetters(), is(Map.of("no JSON", 3L)));
    assertThat(store.query(ViewQuery.of(DEAD.name())).rows().size(), is(3));
  }

  @Test
  void aRowWithoutAnEndHidesNoLaterOne() throws Exception {
    StoredRow endless =
        new StoredRow(
            StoredRow.id(Arrays.asList("tea", NINE, null)),
            1,
            false,
            Arrays.asList("tea", NINE, null, 1L, null, null));
    store.commit(List.of(topic(SALES, sale("tea", 0, 1, 10))));
    store.commit(List.of(topic(SALES, endless, sale("tea", 9, 1, 90))));
    store.commit(List.of(topic(SALES, sale("tea", 9, 2, 91))));
    assertThat(status().rows(), is(3L));
    assertThat(status().newestWindow(), is(start(10)));
  }

  @Test
  void anEqualRowOfARunThatHasFinishedReplacesOneOfARunThatHadNot() throws Exception {
    ViewLoad early =
        new ViewLoad(
            SALES.name(), "files:/sales", List.of(sale("a", 0, 0, 1)), false, false, Map.of());
    store.commit(List.of(early, file(SALES, sale("a", 0, 0, 1))));
    assertThat(states(null), contains("settled"));
    store.commit(List.of(early));
    assertThat(states(null), contains("settled"));
    long change = store.lastChange();
    store.commit(List.of(file(SALES, sale("a", 0, 0, 1))));
    assertThat(store.lastChange(), is(change));
  }

  @Test
  void theMarkInEffectIsKeptAndTheBeginningIsNotRoundedAway() throws Exception {
    store.commit(
        List.of(
            topic(SALES, sale("a", 0, 1, 1)),
            topic(LEDGER, ledger("orders", 1, start(5), Duration.ofMinutes(1)))));
    store.commit(List.of(topic(LEDGER, ledger("orders", 2, start(6), Duration.ofMinutes(1)))));
    Instant began = Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofHours(30));
    try (Connection session = store.session();
        Statement statement = session.createStatement()) {
      statement.execute(
          "update store.memory set began = timestamp '%s'"
              .formatted(StoredCells.local(began.plusSeconds(30))));
      statement.execute("update store.past_marks set known = known - interval 29 hours");
      statement.execute("update store.shop_sales set _known = _known - interval 29 hours");
    }
    open(KeepRules.all());
    store.retain();
    // Of the two marks the later one was in effect when what is known begins.
    assertThat(states(Instant.now().minus(Duration.ofHours(23))), contains("settled"));
    open(new KeepRules(null, List.of(), Map.of(), Duration.ofDays(9)));
    refused(all().asKnownAt(began.plusSeconds(45)), "the oldest is " + began.plusSeconds(60));
    assertThat(store.query(all().asKnownAt(began.plusSeconds(60))).rows(), is(empty()));
  }

  @Test
  void whatIsCommittedIsPushedAlsoIfTheBooksCannotBeRead() throws Exception {
    store.define(DEAD);
    long change = store.lastChange();
    List<ViewLoad> loads =
        List.of(
            topic(SALES, sale("a", 0, 1, 1)),
            topic(DEAD, dead("0@1", NINE, Long.MAX_VALUE), dead("0@2", NINE, Long.MAX_VALUE)));
    // Together they are more than a whole number holds.
    assertThrows(SQLException.class, () -> store.commit(loads));
    assertThat(now(), is(Map.of("a@0", "1 r1")));
    assertThat(
        store.changes(change, 10).changes().stream().map(ViewChange::view).toList(),
        contains(SALES.name(), DEAD.name()));
  }

  @Test
  void rowsThatCameWithWideWindowsAreNotSummedWithRolledUpOnes() throws Exception {
    open(
        new KeepRules(
            Duration.ofHours(1),
            List.of(new Tier(Duration.ofMinutes(10), Duration.ofHours(9))),
            Map.of(SALES.name(), List.of(new Rolled("sold", How.SUM, null, null))),
            Duration.ofHours(1)));
    Instant end = start(10);
    StoredRow wide =
        new StoredRow(
            StoredRow.id(List.of("tea", NINE, end)),
            1,
            false,
            Arrays.asList("tea", NINE, end, 100L, null, null));
    store.commit(
        List.of(
            topic(SALES, wide, sale("tea", 0, 1, 1), sale("tea", 1, 1, 1), sale("tea", 90, 1, 7))));
    store.retain();
    assertThat(
        store.query(all()).rows().stream().map(row -> row.get(4)).sorted().toList(),
        is(List.of(2L, 7L, 100L)));
  }

  private List<Object> states(Instant asKnownAt) throws Exception {
    return store.query(all().asKnownAt(asKnownAt)).rows().stream().map(row -> row.get(7)).toList();
  }

  @Test
  void pagesFollowEachOtherWhateverComesInBetween() throws Exception {
    List<StoredRow> rows = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Object price = i % 3 == 0 ? null : new BigDecimal(i % 7).movePointLeft(1);
      rows.add(row("p" + i % 10, i / 10, 1, false, Arrays.asList((long) i % 4, price, null)));
    }
    Collections.shuffle(rows, new Random(3));
    store.commit(List.of(topic(SALES, rows.toArray(StoredRow[]::new))));
    for (List<Order> order :
        List.of(
            List.<Order>of(),
            List.of(new Order("price", true), new Order("sold", false)),
            List.of(new Order("price", false)),
            List.of(new Order("limit", true), new Order("product", true)))) {
      List<List<Object>> whole =
          store
              .query(
                  new ViewQuery(
                      SALES.name(), List.of(), List.of(), null, null, order, 1000, null, null))
              .rows();
      assertThat(whole.size(), is(100));
      List<List<Object>> pages = new ArrayList<>();
      String cursor = null;
      int number = 0;
      do {
        ViewPage page =
            store.query(
                new ViewQuery(
                    SALES.name(), List.of(), List.of(), null, null, order, 7, cursor, null));
        pages.addAll(page.rows());
        cursor = page.next();
        number++;
      } while (cursor != null);
      assertThat(number, is(15));
      assertThat(pages, is(whole));
    }
    ViewPage first =
        store.query(
            new ViewQuery(
                SALES.name(), List.of(), List.of(), null, null, List.of(), 7, null, null));
    // What comes before the cursor shifts nothing.
    store.commit(List.of(topic(SALES, sale("a", -5, 1, 1), withdrawal("p1", 0, 2))));
    ViewPage second =
        store.query(
            new ViewQuery(
                SALES.name(), List.of(), List.of(), null, null, List.of(), 93, first.next(), null));
    assertThat(second.rows().stream().filter(first.rows()::contains).toList(), is(empty()));
    assertThat(second.next(), is(nullValue()));
  }

  @Test
  void filtersCompareByTheTypeOfTheColumn() throws Exception {
    store.commit(
        List.of(
            topic(
                SALES,
                row("tea", 0, 1, false, Arrays.asList(9L, new BigDecimal("12.50"), 0.5)),
                row("rice", 1, 1, false, Arrays.asList(10L, new BigDecimal("3"), null)),
                row("o'clock \"x\"; drop table", 2, 1, false, Arrays.asList(null, null, 2.0)))));
    assertThat(products(new Filter("sold", Comparison.GE, List.of("10"))), contains("rice"));
    assertThat(products(new Filter("price", Comparison.EQ, List.of("12.5"))), contains("tea"));
    assertThat(
        products(new Filter("product", Comparison.EQ, List.of("o'clock \"x\"; drop table"))).size(),
        is(1));
    assertThat(
        products(new Filter("product", Comparison.IN, List.of("tea", "rice"))),
        contains("tea", "rice"));
    assertThat(products(new Filter("product", Comparison.LIKE, List.of("%ea"))), contains("tea"));
    assertThat(products(new Filter("sold", Comparison.NE, List.of("9"))).size(), is(2));
    assertThat(
        products(new Filter("window_end", Comparison.LT, List.of(start(2).toString()))),
        contains("tea"));
    assertThat(products(new Filter("limit", Comparison.GT, List.of("1"))).size(), is(1));
    ViewPage page =
        store.query(
            new ViewQuery(
                SALES.name(),
                List.of("price", "product"),
                List.of(),
                start(0),
                start(1),
                List.of(),
                10,
                null,
                null));
    assertThat(page.rows(), contains(List.of(new BigDecimal("12.5"), "tea")));
  }

  private List<Object> products(Filter filter) throws Exception {
    return store.query(where(filter)).rows().stream().map(row -> row.get(0)).toList();
  }

  @Test
  void whatCannotBeAnsweredSaysTheFix() {
    refused(where(new Filter("solt", Comparison.EQ, List.of("1"))), "Did you mean sold?");
    refused(where(new Filter("sold", Comparison.EQ, List.of("x"))), "write a whole number");
    refused(where(new Filter("sold", Comparison.LIKE, List.of("x"))), "is for columns of text");
    refused(ViewQuery.of("shop.sale"), "Did you mean shop.sales?");
    refused(all().asKnownAt(Instant.now().plusSeconds(60)), "is in the future");
    refused(all().asKnownAt(NINE.minus(Duration.ofDays(900))), "is not kept; the oldest is");
    refused(
        new ViewQuery(SALES.name(), List.of(), List.of(), null, null, List.of(), 0, null, null),
        "a page has 1 to 10,000 rows");
    refused(
        new ViewQuery(SALES.name(), List.of(), List.of(), null, null, List.of(), 1, "x!", null),
        "pass the next of the page before");
  }

  private void refused(ViewQuery query, String fix) {
    BadQuery refused = assertThrows(BadQuery.class, () -> store.query(query));
    assertThat(refused.getMessage(), containsString(fix));
  }

  @Test
  void olderRowsAreRolledUpAndTheirSumsStay() throws Exception {
    KeepRules rules =
        new KeepRules(
            Duration.ofHours(1),
            List.of(
                new Tier(Duration.ofMinutes(10), Duration.ofHours(3)),
                new Tier(Duration.ofHours(1), Duration.ofHours(6))),
            Map.of(
                SALES.name(),
                List.of(
                    new Rolled("sold", How.SUM, null, null),
                    new Rolled("price", How.MAX, null, null))),
            Duration.ofHours(1));
    open(rules);
    int minutes = 12 * 60;
    List<StoredRow> rows = new ArrayList<>();
    for (int minute = 0; minute < minutes; minute++) {
      rows.add(row("tea", minute, 1, false, Arrays.asList(1L, new BigDecimal(minute % 60), 4.0)));
    }
    store.commit(List.of(topic(SALES, rows.toArray(StoredRow[]::new))));
    Instant before = Instant.now();
    List<String> done = store.retain();
    assertThat(done.size(), is(1));
    // Six hours are kept: 3 in hours, 2 in tens of minutes, 1 as it was.
    List<List<Object>> kept = store.query(all()).rows();
    assertThat(kept.size(), is(3 + 12 + 60));
    assertThat(kept.stream().mapToLong(row -> (Long) row.get(4)).sum(), is(360L));
    assertThat(kept.get(0).get(1), is(start(360)));
    assertThat(kept.get(0).get(2), is(start(420)));
    assertThat(kept.get(0).get(4), is(60L));
    assertThat(kept.get(0).get(5), is(new BigDecimal(59)));
    assertThat(kept.get(0).get(6), is(nullValue()));
    assertThat(kept.get(0).get(7), is("settled"));
    assertThat(status().rows(), is(75L));
    // What it said before is still known, and what comes too late changes nothing.
    assertThat(store.query(all().asKnownAt(before)).rows().size(), is(minutes));
    store.commit(List.of(topic(SALES, sale("tea", 400, 2, 1000))));
    assertThat(status().expired(), is(1L));
    assertThat(store.query(all()).rows(), is(kept));
    // Again, an hour later.
    List<StoredRow> later = new ArrayList<>();
    for (int minute = minutes; minute < minutes + 60; minute++) {
      later.add(sale("tea", minute, 1, 1));
    }
    store.commit(List.of(topic(SALES, later.toArray(StoredRow[]::new))));
    assertThat(store.retain().size(), is(1));
    assertThat(
        store.query(all()).rows().stream().mapToLong(row -> (Long) row.get(4)).sum(), is(360L));
    assertThat(store.query(all()).rows().size(), is(3 + 12 + 60));
    assertThat(store.retain(), is(empty()));
    open(rules);
    store.commit(List.of(topic(SALES, sale("tea", 400, 3, 1000))));
    assertThat(status().expired(), is(1L));
    assertThat(status().rows(), is(75L));
  }

  @Test
  void rowsOfViewsThatCannotBeRolledUpAreDropped() throws Exception {
    open(new KeepRules(Duration.ofHours(1), List.of(), Map.of(), Duration.ofHours(1)));
    store.commit(
        List.of(topic(SALES, sale("tea", 0, 1, 1), sale("tea", 30, 1, 1), sale("tea", 90, 1, 1))));
    assertThat(store.retain().size(), is(1));
    assertThat(now().keySet(), contains("tea@90"));
  }

  @Test
  void supersededRowsAreThinnedOutAndForgotten() throws Exception {
    store.commit(List.of(topic(SALES, sale("tea", 0, 1, 1))));
    store.commit(List.of(topic(SALES, sale("tea", 0, 2, 2))));
    assertThat(status().superseded(), is(1L));
    store.retain();
    assertThat(status().superseded(), is(1L));
    open(new KeepRules(null, List.of(), Map.of(), Duration.ZERO));
    store.retain();
    assertThat(status().superseded(), is(0L));
    store.commit(List.of(topic(SALES, sale("tea", 0, 3, 3))));
    assertThat(status().superseded(), is(0L));
    assertThat(now(), is(Map.of("tea@0", "3 r3")));
  }

  @Test
  void aLoadOfManyRowsIsNotPushedRowByRow() throws Exception {
    List<StoredRow> rows = new ArrayList<>();
    for (int i = 0; i < 10_001; i++) {
      rows.add(sale("p" + i, 0, 1, 1));
    }
    long since = store.lastChange();
    store.commit(List.of(topic(SALES, rows.toArray(StoredRow[]::new))));
    assertThat(store.changes(since, 10).complete(), is(false));
    long now = store.changes(since, 10).last();
    assertThat(store.changes(now, 10).complete(), is(true));
    store.commit(List.of(topic(SALES, sale("p1", 0, 2, 2))));
    assertThat(store.awaitChange(now, Duration.ofSeconds(60)), is(true));
    assertThat(store.changes(now, 10).changes().get(0).upserts().get(0).get(4), is(2L));
  }

  @Test
  void columnsAreInTheOrderOfTheView() {
    assertThat(store.named(SALES.name()).columns(Role.KEY).size(), is(1));
    assertThat(
        StoredRow.columns(SALES).stream().map(ViewColumn::name).toList(),
        contains("product", "window_start", "window_end", "sold", "price", "limit"));
  }

  @Test
  void anInputWithoutRecordsThatHoldsBackTheWatermarkOfAStreamIsNamed() throws Exception {
    store.facts("shop", List.of("orders", "labels"));
    for (long read = 1; read <= 3; read++) {
      assertThat(silent(), is(List.of()));
      store.commit(List.of(topic(LEDGER, read("orders", read, null))));
    }
    assertThat(silent(), is(List.of("labels")));
    store.commit(List.of(topic(LEDGER, read("labels", 1, NINE), read("orders", 4, NINE))));
    assertThat(silent(), is(List.of()));
  }

  @Test
  void aBackfillThatRunsAgainHoldsNothingBack() throws Exception {
    store.facts("shop", List.of("orders", "labels"));
    for (long revision = 1; revision <= 10; revision++) {
      store.commit(List.of(topic(LEDGER, ledger("orders", revision, null, Duration.ZERO))));
    }
    assertThat(silent(), is(List.of()));
  }

  private List<String> silent() {
    return store.status().analyses().get(0).silent();
  }

  private static StoredRow read(String input, long read, Instant watermark) {
    return new StoredRow(
        StoredRow.id(List.of(input)),
        read,
        false,
        Arrays.asList(input, read, watermark, watermark));
  }
}
