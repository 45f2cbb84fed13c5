package dhara.connectors.google;

import com.google.api.services.bigquery.model.Clustering;
import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableConstraints;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableReference;
import com.google.api.services.bigquery.model.TableRow;
import com.google.api.services.bigquery.model.TableSchema;
import dhara.connectors.Endpoint;
import dhara.connectors.RowFormat;
import dhara.options.BadOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO.Write.CreateDisposition;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryIO.Write.Method;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryOptions;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryServices.DatasetService;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryStorageApiInsertError;
import org.apache.beam.sdk.io.gcp.bigquery.BigQueryUtils;
import org.apache.beam.sdk.io.gcp.bigquery.RowMutationInformation;
import org.apache.beam.sdk.io.gcp.bigquery.RowMutationInformation.MutationType;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.Schema.LogicalType;
import org.apache.beam.sdk.schemas.Schema.TypeName;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.apache.beam.sdk.values.Row;
import org.joda.time.Instant;

/**
 * A BigQuery table whose rows are upserted by change data capture, through the Storage Write API.
 *
 * <p>Data: rows → the table. Its primary key is the key of a row: key and window of an answer,
 * source and position of a dead letter or a late event, the input of a ledger. If two rows have the
 * same key, BigQuery keeps the one with the higher revision, in whatever order they arrive; if the
 * revisions are equal, the later one. So a row that is written twice exists once. A withdrawal
 * deletes the row with its key. A backfill writes the same way, because load jobs, which cost less,
 * cannot upsert.
 *
 * <p>If the table does not exist, it is created before the pipeline runs, with the columns of the
 * rows, clustered by its key. A row that BigQuery refuses fails its bundle: nothing is dropped.
 */
final class BigQueryTable<T> {

  /** BigQuery's limit of columns to cluster by. */
  private static final int MOST_CLUSTERED = 4;

  /** BigQuery's limit of columns in a primary key. */
  private static final int MOST_KEY_COLUMNS = 16;

  /** The types that a column of a primary key may have, in change data capture. */
  private static final Set<String> KEY_TYPES =
      Set.of("BOOLEAN", "BOOL", "DATE", "INT64", "INTEGER", "NUMERIC", "STRING", "TIMESTAMP");

  private final Endpoint endpoint;
  private final TableReference reference;
  private final RowFormat<T> rows;
  private final BigQueryServices services;
  private final BigQueryOptions options;
  private final TableSchema columns;

  private BigQueryTable(
      Endpoint endpoint,
      TableReference reference,
      RowFormat<T> rows,
      BigQueryServices services,
      BigQueryOptions options) {
    this.endpoint = endpoint;
    this.reference = reference;
    this.rows = rows;
    this.services = services;
    this.options = options;
    refuseTypes(rows.schema());
    this.columns = BigQueryUtils.toTableSchema(rows.schema());
    refuseKey();
  }

  /**
   * A table.
   *
   * @throws BadOption if its columns cannot be columns of BigQuery
   */
  static <T> BigQueryTable<T> of(
      Endpoint endpoint,
      TableReference reference,
      RowFormat<T> rows,
      BigQueryServices services,
      BigQueryOptions options) {
    return new BigQueryTable<>(endpoint, reference, rows, services, options);
  }

  private void refuseTypes(Schema schema) {
    for (Schema.Field field : schema.getFields()) {
      refuse(field.getName(), field.getType());
    }
  }

  private void refuse(String column, FieldType type) {
    if (type.getTypeName() == TypeName.DECIMAL) {
      throw endpoint.bad(
          column
              + " is a decimal of any scale, and BigQuery's have nine places; count in whole minor"
              + " units, or write to files");
    } else if (type.getTypeName() == TypeName.ROW) {
      refuseTypes(type.getRowSchema());
    } else if (type.getTypeName().isCollectionType()) {
      FieldType element = type.getCollectionElementType();
      if (element.getTypeName().isCollectionType()) {
        throw endpoint.bad(
            column + " is a list of lists, which BigQuery has no column for; put a record between");
      }
      refuse(column, element);
    }
  }

  private void refuseKey() {
    List<String> key = rows.keyColumns();
    if (key.size() > MOST_KEY_COLUMNS) {
      throw endpoint.bad(
          "the key has " + key.size() + " columns, and BigQuery's have " + MOST_KEY_COLUMNS);
    }
    for (TableFieldSchema column : columns.getFields()) {
      if (key.contains(column.getName())
          && ("REPEATED".equals(column.getMode()) || !KEY_TYPES.contains(column.getType()))) {
        throw endpoint.bad(
            column.getName()
                + " is part of the key, and a key of BigQuery has no "
                + column.getType()
                + "; it may have "
                + KEY_TYPES.stream().sorted().toList());
      }
    }
  }

  /**
   * Checks that the dataset exists and that an existing table can take the rows.
   *
   * @throws BadOption if not, or if access is denied
   */
  void check() {
    asked(
        service -> {
          if (service.getDataset(reference.getProjectId(), reference.getDatasetId()) == null) {
            throw endpoint.bad("the dataset is not there; create it: " + makeDataset());
          }
          Table there = service.getTable(reference);
          if (there != null) {
            compare(there);
          }
          return null;
        });
  }

  private void compare(Table there) {
    List<String> key =
        Optional.ofNullable(there.getTableConstraints())
            .map(TableConstraints::getPrimaryKey)
            .map(TableConstraints.PrimaryKey::getColumns)
            .orElse(List.of());
    if (!key.equals(rows.keyColumns())) {
      throw endpoint.bad(
          name()
              + " has the primary key "
              + key
              + ", and upserts need "
              + rows.keyColumns()
              + "; name another table, or drop it");
    }
    Set<String> has =
        there.getSchema().getFields().stream()
            .map(TableFieldSchema::getName)
            .collect(Collectors.toSet());
    List<String> lacking =
        columns.getFields().stream()
            .map(TableFieldSchema::getName)
            .filter(column -> !has.contains(column))
            .toList();
    if (!lacking.isEmpty()) {
      throw endpoint.bad(name() + " lacks the columns " + lacking + "; add them, as nullable");
    }
  }

  /**
   * Creates the table if it does not exist.
   *
   * @throws BadOption if it cannot be created
   */
  void create() {
    asked(
        service -> {
          if (service.getTable(reference) == null) {
            service.createTable(table());
          }
          return null;
        });
  }

  /** The definition of the table. */
  private Table table() {
    List<String> key = rows.keyColumns();
    return new Table()
        .setTableReference(reference)
        .setSchema(columns)
        .setClustering(
            new Clustering().setFields(key.subList(0, Math.min(key.size(), MOST_CLUSTERED))))
        .setTableConstraints(
            new TableConstraints()
                .setPrimaryKey(new TableConstraints.PrimaryKey().setColumns(key)));
  }

  private interface Question<A> {
    A ask(DatasetService service) throws Exception;
  }

  @SuppressWarnings("try") // an interruption while closing is caught like any other
  private <A> A asked(Question<A> question) {
    try (DatasetService service = services.getDatasetService(options)) {
      return question.ask(service);
    } catch (BadOption e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw endpoint.bad("the check was interrupted", e);
    } catch (Exception e) {
      throw endpoint.bad(
          "BigQuery refuses it; is the dataset there ("
              + makeDataset()
              + "), and may it be written: "
              + e.getMessage(),
          e);
    }
  }

  private String makeDataset() {
    return "bq mk --dataset " + reference.getProjectId() + ":" + reference.getDatasetId();
  }

  private String name() {
    return reference.getProjectId() + "." + reference.getDatasetId() + "." + reference.getTableId();
  }

  /** The step that writes. */
  PTransform<PCollection<T>, PDone> write() {
    BigQueryIO.Write<Row> upserts =
        BigQueryIO.<Row>write()
            .to(reference)
            .useBeamSchema()
            .withMethod(Method.STORAGE_API_AT_LEAST_ONCE)
            .withCreateDisposition(CreateDisposition.CREATE_NEVER)
            .withRowMutationInformationFn(new Upsert(rows.revisionColumn().orElse("")))
            // The row that is reported if BigQuery refuses it. Beam would derive it from the
            // message that it sent, but it cannot do this for upserts, and then drops the row with
            // a log line.
            .withFormatRecordOnFailureFunction(new KeyOf(rows.keyColumns()))
            .withTestServices(services)
            .withoutValidation();
    return new Write<>(rows, upserts, name());
  }

  /**
   * A row replaces those with its key whose revision is not higher. A negative revision marks a
   * deletion; its bitwise complement is the revision.
   */
  private record Upsert(String revision)
      implements SerializableFunction<Row, RowMutationInformation> {
    @Override
    public RowMutationInformation apply(Row row) {
      long sequence = revision.isEmpty() ? 0 : row.getInt64(revision);
      return sequence < 0
          ? RowMutationInformation.of(MutationType.DELETE, Long.toHexString(~sequence))
          : RowMutationInformation.of(MutationType.UPSERT, Long.toHexString(sequence));
    }
  }

  /** The columns that identify a row. */
  private record KeyOf(List<String> columns) implements SerializableFunction<Row, TableRow> {
    @Override
    public TableRow apply(Row row) {
      TableRow key = new TableRow();
      for (String column : columns) {
        Object value = row.getValue(column);
        key.set(column, String.valueOf(value));
      }
      return key;
    }
  }

  private static final class Write<T> extends PTransform<PCollection<T>, PDone> {

    private static final long serialVersionUID = 1L;

    private final RowFormat<T> rows;
    private final BigQueryIO.Write<Row> upserts;
    private final String table;

    Write(RowFormat<T> rows, BigQueryIO.Write<Row> upserts, String table) {
      this.rows = rows;
      this.upserts = upserts;
      this.table = table;
    }

    @Override
    public PDone expand(PCollection<T> elements) {
      Schema schema = rows.schema();
      elements
          .apply("Row", ParDo.of(new RowFn<>(rows, schema)))
          .setRowSchema(schema)
          .apply("BigQuery", upserts)
          .getFailedStorageApiInserts()
          .apply("Refused", ParDo.of(new RefuseFn(table)));
      return PDone.in(elements.getPipeline());
    }
  }

  private static final class RowFn<T> extends DoFn<T, Row> {

    private static final long serialVersionUID = 1L;

    private final RowFormat<T> rows;
    private final Schema schema;

    RowFn(RowFormat<T> rows, Schema schema) {
      this.rows = rows;
      this.schema = schema;
    }

    @ProcessElement
    public void process(@Element T element, OutputReceiver<Row> out) {
      Row row = rows.row(element, schema);
      out.output(rows.withdrawn(element) ? deletion(row) : row);
    }

    /** The columns that a deletion must have; BigQuery itself needs only those of the key. */
    private Row deletion(Row row) {
      String revision = rows.revisionColumn().orElseThrow();
      List<Object> values = new ArrayList<>(row.getValues());
      for (int i = 0; i < values.size(); i++) {
        Schema.Field field = schema.getField(i);
        if (field.getName().equals(revision)) {
          values.set(i, ~(long) values.get(i));
        } else if (values.get(i) == null && !field.getType().getNullable()) {
          values.set(i, nothing(field.getType()));
        }
      }
      return Row.withSchema(schema).attachValues(values);
    }

    private static Object nothing(FieldType type) {
      return switch (type.getTypeName()) {
        case BYTE -> (byte) 0;
        case INT16 -> (short) 0;
        case INT32 -> 0;
        case INT64 -> 0L;
        case FLOAT -> 0f;
        case DOUBLE -> 0d;
        case BOOLEAN -> false;
        case STRING -> "";
        case BYTES -> new byte[0];
        case DATETIME -> Instant.EPOCH;
        case ARRAY, ITERABLE -> List.of();
        case MAP -> Map.of();
        case ROW -> nothing(type.getRowSchema());
        case LOGICAL_TYPE -> nothing(type.getLogicalType());
        default -> throw new IllegalStateException("no column of BigQuery: " + type);
      };
    }

    private static Row nothing(Schema schema) {
      return Row.withSchema(schema)
          .attachValues(
              schema.getFields().stream()
                  .map(field -> field.getType().getNullable() ? null : nothing(field.getType()))
                  .toList());
    }

    @SuppressWarnings("unchecked") // a logical type is converted as its base type
    private static <A, B> Object nothing(LogicalType<A, B> type) {
      return type.toInputType((B) nothing(type.getBaseType()));
    }
  }

  /** Fails the run for a row that BigQuery refuses, because the answer would be missing. */
  private static final class RefuseFn extends DoFn<BigQueryStorageApiInsertError, Void> {

    private static final long serialVersionUID = 1L;

    private final String table;

    RefuseFn(String table) {
      this.table = table;
    }

    @ProcessElement
    @SuppressWarnings("DoNotCallSuggester") // called only if a row was refused
    public void process(@Element BigQueryStorageApiInsertError refused) {
      throw new IllegalStateException(
          table
              + ": BigQuery refused the row "
              + new LinkedHashMap<>(refused.getRow())
              + ": "
              + refused.getErrorMessage());
    }
  }
}
