package dhara.connectors.google;

import com.google.api.services.bigquery.model.TableReference;
import com.google.auto.service.AutoService;
import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.connectors.Place;
import java.util.Set;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryOptions;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServicesImpl;

/**
 * Writes answers to a BigQuery table: {@code bigquery://PROJECT/DATASET/TABLE}. The first output
 * goes to {@code TABLE}, every other one to {@code TABLE_OUTPUT}; dead letters, late events and the
 * ledger to {@code TABLE_dead_letters}, {@code TABLE_late} and {@code TABLE_ledger}.
 *
 * <p>See {@link BigQueryTable} for what a row replaces.
 */
@AutoService(Connector.class)
public final class BigQueryConnector implements Connector {

  private static final String SHAPE = "bigquery://PROJECT/DATASET/TABLE";

  private final BigQueryServices services;

  /** Uses the real service; {@code ServiceLoader} calls this. */
  public BigQueryConnector() {
    this(new BigQueryServicesImpl());
  }

  /** Uses other services, for tests. */
  BigQueryConnector(BigQueryServices services) {
    this.services = services;
  }

  @Override
  public String scheme() {
    return "bigquery";
  }

  @Override
  public String shape() {
    return SHAPE;
  }

  @Override
  public Set<Ability> abilities() {
    return Set.of(Ability.UPSERT, Ability.DELETE);
  }

  @Override
  public <T> Target<T> target(Endpoint endpoint, Rows<T> rows, Run run) {
    TableReference reference = reference(endpoint, rows.suffix());
    BigQueryTable<T> table =
        BigQueryTable.of(
            endpoint, reference, rows.format(), services, run.options().as(BigQueryOptions.class));
    return Target.of(table.write()).checked(table::check).created(table::create);
  }

  @Override
  public boolean overlaps(Place place, Place other) {
    return reference(place.endpoint(), place.suffix())
        .equals(reference(other.endpoint(), other.suffix()));
  }

  /** The table that a URI names, with its suffix. */
  static TableReference reference(Endpoint endpoint, String suffix) {
    endpoint.allow(Set.of());
    String[] parts = endpoint.path().split("/", -1);
    if (parts.length != 3 || !GoogleNames.project(parts[0])) {
      throw endpoint.bad("names no project, dataset and table; write " + SHAPE);
    }
    for (int i = 1; i < parts.length; i++) {
      if (!parts[i].matches("[A-Za-z0-9_]{1,1000}")) {
        throw endpoint.bad(
            "'" + parts[i] + "' is no dataset's or table's name: letters, digits and '_' make one");
      }
    }
    return new TableReference()
        .setProjectId(parts[0])
        .setDatasetId(parts[1])
        .setTableId(parts[2] + suffix.replace('-', '_'));
  }
}
