package dhara.serving.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.serving.shop.FailingViews;
import dhara.serving.shop.ServedShop;
import dhara.testkit.Pause;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

class SqlDeskTest {

  private static final String ONE = "select 1";

  private ServedShop shop;

  @BeforeEach
  void open() throws IOException, SQLException {
    shop = ServedShop.open();
  }

  @AfterEach
  void close() throws IOException, SQLException {
    shop.close();
  }

  @Test
  @Timeout(value = 1800, threadMode = ThreadMode.SEPARATE_THREAD)
  void afterAnErrorTheSameStatementRunsAgain() throws Exception {
    FailingViews failing = new FailingViews(shop.store(), "session");
    try (SqlDesk desk = new SqlDesk(failing.views(), Duration.ofSeconds(60), 10, 1)) {
      failing.fail();
      assertThrows(OutOfMemoryError.class, () -> run(desk, ONE));

      failing.mend();
      assertThat(run(desk, ONE).rows().size(), is(1));
    }
  }

  @Test
  void aResultIsAsLongAsTheHeapAllows() throws Exception {
    assertThat(SqlDesk.mostBytes(256L << 20), is(1L << 20));
    assertThat(SqlDesk.mostBytes(1L << 40), is(64L << 20));

    long limit = SqlDesk.mostBytes(Runtime.getRuntime().maxMemory());
    int length = 10_000;
    try (SqlDesk desk = new SqlDesk(shop.store(), Duration.ofSeconds(60), 1_000_000, 1)) {
      SqlDesk.Result result =
          run(desk, "select '" + "x".repeat(length) + "' from generate_series(1, 10000)");

      assertThat((long) result.rows().size(), is((limit + length - 1) / length));
      assertThat(result.truncated(), is(true));
    }
  }

  @Test
  @Timeout(value = 1800, threadMode = ThreadMode.SEPARATE_THREAD)
  void whatRunsIsCancelledWhenItCloses() throws Exception {
    Duration forEver = Duration.ofMinutes(10);
    SqlDesk desk = new SqlDesk(shop.store(), forEver, 10, 1, forEver);
    List<CompletableFuture<SqlDesk.Result>> asked = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      for (int i = 0; i < 3; i++) {
        String endless =
            "select count(*) from range(100000000) a, range(100000000) b where a.range > b.range + "
                + i;
        asked.add(CompletableFuture.supplyAsync(() -> desk.ask(endless).join(), threads));
      }
      while (desk.running() == 0) {
        Pause.shortly();
      }

      desk.close();

      for (CompletableFuture<SqlDesk.Result> each : asked) {
        Throwable why = assertThrows(CompletionException.class, each::join).getCause();
        assertThat(why.getMessage(), is("the server stops; ask again when it is back"));
      }
      assertThat(desk.running(), is(0));
      CompletionException late =
          assertThrows(CompletionException.class, () -> desk.ask(ONE).join());
      assertThat(late.getCause().getMessage(), is("the server stops; ask again when it is back"));
    } finally {
      threads.shutdownNow();
    }
  }

  private static SqlDesk.Result run(SqlDesk desk, String sql) throws Exception {
    return SqlDesk.of(desk.ask(sql));
  }
}
