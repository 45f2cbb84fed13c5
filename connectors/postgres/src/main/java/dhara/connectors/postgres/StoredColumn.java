package dhara.connectors.postgres;

import java.io.Serializable;

/**
 * A column of a table that is written to.
 *
 * @param name as in the rows
 * @param type of its values
 * @param key whether it is part of the primary key
 * @param required whether it is never null: columns of the key, and the revision
 */
record StoredColumn(String name, PostgresType type, boolean key, boolean required)
    implements Serializable {

  /** Its name in a statement. */
  String sql() {
    return PostgresAddress.quoted(name);
  }

  /** Its definition in a table. */
  String definition() {
    return sql() + " " + type.sql() + (required ? " not null" : "");
  }
}
