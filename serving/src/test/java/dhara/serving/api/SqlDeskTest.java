package dhara.serving.api;

import static org.hamcrest.MatcherAssert.assertThat;
import static org.hamcrest.Matchers.is;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dhara.serving.shop.FailingViews;
import dhara.serving.shop.ServedShop;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
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
  @Timeout(value = 300, threadMode = ThreadMode.SEPARATE_THREAD)
  void afterAnErrorTheSameStatementRunsAgain() throws Exception {
    FailingViews failing = new FailingViews(shop.store(), "session");
    try (SqlDesk desk = new SqlDesk(failing.views(), Duration.ofSeconds(10), 10, 1)) {
      failing.fail();
      assertThrows(OutOfMemoryError.class, () -> desk.run(ONE));

      failing.mend();
      assertThat(desk.run(ONE).rows().size(), is(1));
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
          desk.run("select '" + "x".repeat(length) + "' from generate_series(1, 10000)");

      assertThat((long) result.rows().size(), is((limit + length - 1) / length));
      assertThat(result.truncated(), is(true));
    }
  }
}
