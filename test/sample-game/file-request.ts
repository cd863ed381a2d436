// XMLHttpRequest for Node, as far as Babylon's model loader uses it: it asks with fetch. In a browser it is not needed.

export class FileRequest extends EventTarget {
  readyState = 0;
  status = 0;
  statusText = "";
  response: ArrayBuffer | string | null = null;
  responseText = "";
  responseType = "";
  responseURL = "";
  onprogress = null;
  #url = "";

  open(_method: string, url: string): void {
    this.#url = url;
    this.readyState = 1;
  }

  setRequestHeader(): void {}

  getResponseHeader(): null {
    return null;
  }

  abort(): void {}

  send(): void {
    void this.#ask();
  }

  async #ask(): Promise<void> {
    try {
      const answer = await fetch(this.#url);
      this.status = answer.status;
      this.statusText = answer.statusText;
      this.response = this.responseType === "arraybuffer" ? await answer.arrayBuffer() : await answer.text();
      if (typeof this.response === "string") this.responseText = this.response;
      this.responseURL = this.#url;
    } catch {
      this.status = 0;
    }
    this.readyState = 4;
    this.dispatchEvent(new Event("readystatechange"));
    this.dispatchEvent(new Event("loadend"));
  }
}
