package dhara.connectors.google;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableRow;
import com.google.auto.service.AutoService;
import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.beam.sdk.io.gcp.testing.FakeBigQueryServices;
import org.apache.beam.sdk.io.gcp.testing.FakeDatasetService;

/** The connector to BigQuery with Beam's fake of the service: {@code fakebigquery://…}. */
@AutoService(Connector.class)
public final class FakeBigQuery implements Connector {

  static final String PROJECT = "dhara-tests";
  static final String DATASET = "shop";

  private static final AtomicReference<FakeDatasetService> SERVICE = new AtomicReference<>();

  /** Empties it: one dataset, no tables. */
  static FakeDatasetService start() throws IOException, InterruptedException {
    FakeDatasetService.setUp();
    FakeDatasetService service = new FakeDatasetService();
    service.createDataset(PROJECT, DATASET, "", "", null);
    SERVICE.set(service);
    return service;
  }

  static TableReference reference(String table) {
    return new TableReference().setProjectId(PROJECT).setDatasetId(DATASET).setTableId(table);
  }

  /** A table; null where there is none. */
  static Table table(String table) throws IOException, InterruptedException {
    return SERVICE.get().getTable(reference(table));
  }

  static List<TableRow> rows(String table) throws IOException, InterruptedException {
    return SERVICE.get().getAllRows(PROJECT, DATASET, table);
  }

  static FakeBigQueryServices services() {
    return new FakeBigQueryServices().withDatasetService(SERVICE.get());
  }

  @Override
  public String scheme() {
    return "fakebigquery";
  }

  @Override
  public String shape() {
    return "fakebigquery://PROJECT/DATASET/TABLE";
  }

  @Override
  public Set<Ability> abilities() {
    return new BigQueryConnector().abilities();
  }

  @Override
  public <T> Target<T> target(Endpoint endpoint, Rows<T> rows, Run run) {
    return new BigQueryConnector(services()).target(endpoint, rows, run);
  }
}
