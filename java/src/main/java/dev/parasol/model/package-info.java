/**
 * The models. A forward pass is a list of steps, each of which names the buffers it touches: from that list come the
 * lifetimes of the buffers, their places in one slab, the exact peak, and the launches themselves.
 */
package dev.parasol.model;
