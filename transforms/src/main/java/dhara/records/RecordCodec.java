package dhara.records;

import org.apache.beam.sdk.coders.CoderException;

/**
 * The generated code per record class: reads and writes its components in order, without reflection
 * or boxing. The caller writes the length of the record.
 */
abstract class RecordCodec {

  /** Writes the components of a record. */
  abstract void write(Object record, RecordOutput out) throws CoderException;

  /** Reads the components and calls the canonical constructor. */
  abstract Object read(RecordInput in) throws CoderException;

  /** The components of a record, boxed. */
  abstract Object[] values(Object record);

  /** The record with these components, boxed. */
  abstract Object make(Object[] values);
}
