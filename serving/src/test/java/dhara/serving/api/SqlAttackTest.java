package dhara.serving.api;

import static dhara.fuzz.Hostile.bytes;
import static dhara.fuzz.Hostile.one;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.oneOf;

import dhara.fuzz.Attack;
import dhara.fuzz.Hostile;
import dhara.serving.shop.ServedShop;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Statements that nobody wrote: the server answers each, or says why not, and no row changes. */
class SqlAttackTest {

  private static final List<String> GOOD =
      List.of(
          "select category, sum(gmv_minor) v from shop_sales group by all order by 2 desc limit 3;",
          "select * exclude (best) from main.shop_sales where window_start >= timestamp"
              + " '2026-01-05'",
          "with a as (select category c, gmv_minor from Shop_Sales), b as (from a) select * from b",
          "select best->>'product' p, best.orders, count(*) from shop_sales group by all",
          "select case when true then 'it''s; drop' else null end, -- a; comment\n"
              + " cast('1' as int)",
          "(select 1 union select 2 except select 3) order by 1 limit 50%",
          "select regexp_replace(category, 'o+', '0'), price * 2 from shop_sales");

  private static final List<String> ATTACKS =
      Stream.of(SqlFenceTest.attacks()).map(sql -> sql.replace("FILE", "/x.csv")).toList();

  private static byte[] made(SplittableRandom random) {
    String sql = one(random.nextBoolean() ? GOOD : ATTACKS, random);
    if (random.nextInt(4) == 0) {
      String other = random.nextBoolean() ? one(ATTACKS, random) : Hostile.text(random);
      int at = random.nextInt(sql.length() + 1);
      sql = sql.substring(0, at) + other + sql.substring(at);
    } else if (random.nextInt(20) == 0) {
      int times = Hostile.times(random);
      sql = "select " + "(".repeat(times) + "1" + ")".repeat(times);
    }
    return random.nextInt(3) == 0 ? bytes(sql) : Hostile.broken(bytes(sql), random);
  }

  @Test
  void aStatementIsAnsweredOrRefusedAndChangesNothing() throws Exception {
    try (ServedShop shop = ServedShop.open();
        SqlDesk patient = new SqlDesk(shop.store(), Duration.ofSeconds(60), 1_000, 1);
        SqlDesk desk = new SqlDesk(shop.store(), Duration.ofSeconds(2), 1_000, 2)) {
      shop.sell("books", 0, 1_000);
      shop.sell("games", 0, 3_000);
      String all = "select * exclude (best) from shop_sales order by all";
      String before = SqlDesk.of(patient.ask(all)).rows().toString();

      Map<String, Long> ends =
          Attack.of("statements", 15)
              .on(
                  SqlAttackTest::made,
                  bytes -> {
                    try {
                      SqlDesk.of(desk.ask(new String(bytes, UTF_8)));
                      return "answered";
                    } catch (Refusal e) {
                      assertThat(
                          e.status(),
                          is(oneOf(Refusal.BAD_REQUEST, Refusal.TOO_LARGE, Refusal.TIMEOUT)));
                      return "refused";
                    }
                  });

      assertThat(ends.keySet(), hasItems("answered", "refused"));
      assertThat(SqlDesk.of(patient.ask(all + " -- again")).rows().toString(), is(before));
    }
  }
}
