package dhara.connectors.postgres;

import com.google.auto.service.AutoService;
import dhara.connectors.Connector;
import dhara.connectors.Endpoint;
import dhara.connectors.Place;
import dhara.connectors.ResultSet;
import dhara.connectors.RowFeed;
import java.util.Map;
import java.util.Set;

/**
 * Tables of PostgreSQL, version 13 or newer: {@code postgres://HOST:5432/DATABASE/SCHEMA/TABLE}.
 * The first output goes to {@code TABLE}, every other one to {@code TABLE_OUTPUT}; dead letters,
 * late events and the ledger to {@code TABLE_dead_letters}, {@code TABLE_late} and {@code
 * TABLE_ledger}.
 *
 * <p>See {@link PostgresTable} for the columns, {@link PostgresRows} for what a row replaces, and
 * {@link TableFeed} for how changes are followed.
 */
@AutoService(Connector.class)
public final class PostgresConnector implements Connector {

  @Override
  public String scheme() {
    return "postgres";
  }

  @Override
  public String shape() {
    return PostgresAddress.SHAPE;
  }

  @Override
  public Set<Ability> abilities() {
    return Set.of(
        Ability.UPSERT, Ability.DELETE, Ability.APPEND, Ability.READ_BACK, Ability.FOLLOW);
  }

  @Override
  public <T> Target<T> target(Endpoint endpoint, Rows<T> rows, Run run) {
    PostgresAddress address = PostgresAddress.of(endpoint, rows.suffix());
    PostgresTable table = PostgresTable.of(endpoint, address, rows);
    return Target.of(new PostgresRows<>(rows, address, table.upsert()))
        .checked(table::check)
        .created(table::create);
  }

  @Override
  public boolean overlaps(Place place, Place other) {
    return address(place).tableIsThatOf(address(other));
  }

  @Override
  public String named(Place place) {
    return "the table " + address(place).qualified();
  }

  private static PostgresAddress address(Place place) {
    return PostgresAddress.of(place.endpoint(), place.suffix());
  }

  @Override
  public ResultSet results(Endpoint endpoint) {
    return TableResults.of(endpoint);
  }

  @Override
  public RowFeed feed(
      Endpoint endpoint, String name, String suffix, Map<String, String> positions) {
    return TableFeed.of(endpoint, name, suffix, positions);
  }
}
