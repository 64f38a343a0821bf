// What stands in an element of the page, from the first call for it until the element is gone.

export class Mounts {
  /** *made* (parent, data) gives what stands in it, *ended* (it) takes it down. */
  constructor(made, ended) {
    Object.assign(this, { made, ended, standing: new WeakMap() });
  }

  /** What stands in *parent*; made with the *data* of the first call. */
  at(parent, data) {
    if (!this.standing.has(parent)) this.standing.set(parent, this.made(parent, data));
    return this.standing.get(parent);
  }

  /** What the page is to call when *parent* goes away. It calls it as well when newer data overtook
   * a call, and *parent* stands on: taken down then, an open menu, words and the next key were lost. */
  end = (parent) => () => {
    const it = this.standing.get(parent);
    if (!it || parent.isConnected) return;
    this.standing.delete(parent);
    this.ended(it);
  };
}
