package dhara.lint;

import dhara.records.RecordCoder;
import dhara.transforms.shards.BlockCoder;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.apache.avro.SchemaNormalization;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.extensions.avro.coders.AvroCoder;
import org.apache.beam.sdk.schemas.SchemaCoder;
import org.apache.beam.sdk.values.TypeDescriptor;

/** Describes a coder in words: its class and its parts; for a record, the record's type. */
final class CoderShape {

  private static final List<String> KNOWN =
      List.of("org.apache.beam.sdk.coders.", "org.apache.beam.sdk.transforms.windowing.");

  private CoderShape() {}

  /** {@code KvCoder(StringUtf8Coder, Record(dhara.pipelines.markets.Trade))}. */
  static String text(Coder<?> coder) {
    if (coder instanceof RecordCoder<?> records) {
      return "Record(" + records.getEncodedTypeDescriptor() + ")";
    } else if (coder instanceof SchemaCoder<?> rows) {
      return "Schema("
          + rows.getSchema().getFields().stream()
              .map(field -> field.getName() + " " + field.getType().getTypeName())
              .collect(Collectors.joining(", "))
          + ")";
    }
    if (coder instanceof AvroCoder<?> avro) {
      // A schema has many fields; a fingerprint only has to show whether two are the same.
      return "Avro(%s %016x)"
          .formatted(
              avro.getSchema().getFullName(),
              SchemaNormalization.parsingFingerprint64(avro.getSchema()));
    }
    String name = coder.getClass().getName();
    for (String known : KNOWN) {
      name = name.startsWith(known) ? name.substring(known.length()) : name;
    }
    List<? extends Coder<?>> parts = coder.getCoderArguments();
    return parts.isEmpty()
        ? name
        : name + parts.stream().map(CoderShape::text).collect(Collectors.joining(", ", "(", ")"));
  }

  /**
   * Reports the type of each record that it encodes, and whether the record is a key or part of
   * one.
   */
  static void records(
      Coder<?> coder, boolean inKeys, BiConsumer<TypeDescriptor<?>, Boolean> found) {
    if (coder instanceof RecordCoder<?> records) {
      found.accept(records.getEncodedTypeDescriptor(), inKeys);
    }
    if (coder instanceof BlockCoder<?, ?> blocks) {
      records(blocks.keyCoder(), true, found);
      records(blocks.sumCoder(), inKeys, found);
    } else {
      coder.getCoderArguments().forEach(part -> records(part, inKeys, found));
    }
  }
}
