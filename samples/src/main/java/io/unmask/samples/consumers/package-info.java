/** A consumer of the verdict events as its own small program; copy it. It uses Kafka's client and the CloudEvents SDK only. */
package io.unmask.samples.consumers;
