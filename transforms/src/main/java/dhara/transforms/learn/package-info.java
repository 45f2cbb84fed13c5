/** Models that learn from a stream, an example at a time, in the order of event time. */
package dhara.transforms.learn;
