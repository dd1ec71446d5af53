/** Where a bundle's graphs run: the provider, what crosses to it and back, and the tensors that stay there between runs. */
import type { Tensor } from 'onnxruntime-node';

/** Bytes since the device was made, and those it holds now; nothing crosses to the processor's own memory. */
export interface DeviceTraffic {
  /** Inputs that were given from the processor's memory. */
  readonly sentBytes: number;
  /** Outputs that were brought into the processor's memory. */
  readonly receivedBytes: number;
  /** Tensors kept between runs, weights not counted. */
  readonly heldBytes: number;
}

export class Device {
  /** An execution provider, as ONNX Runtime names it. */
  readonly provider: string;
  #sentBytes = 0;
  #receivedBytes = 0;
  #heldBytes = 0;

  constructor(provider: string) {
    this.provider = provider;
  }

  get isProcessor(): boolean {
    return this.provider === 'cpu';
  }

  /** Whether outputs can stay on it: onnxruntime-node knows a place for them with webgpu alone. */
  get keepsOutputs(): boolean {
    return this.provider === 'webgpu';
  }

  get traffic(): DeviceTraffic {
    return { sentBytes: this.#sentBytes, receivedBytes: this.#receivedBytes, heldBytes: this.#heldBytes };
  }

  /** Counts one run's inputs and outputs: those in the processor's memory have crossed. */
  count(inputs: readonly Tensor[], outputs: readonly Tensor[]): void {
    if (this.isProcessor) return;
    this.#sentBytes += bytesOf(inputs.filter(isHere));
    this.#receivedBytes += bytesOf(outputs.filter(isHere));
  }

  /** Takes over tensors for runs to come; `onFreed` is called when the last holder has let go of them. */
  keep(tensors: readonly Tensor[], onFreed?: () => void): Resident {
    const bytes = bytesOf(tensors.filter((tensor) => !isHere(tensor)));
    this.#heldBytes += bytes;
    return new Resident(tensors, () => {
      this.#heldBytes -= bytes;
      onFreed?.();
    });
  }
}

/** Tensors that lie where their graph runs, and are freed when the last of their holders lets go of them. */
export class Resident {
  readonly #tensors: readonly Tensor[];
  readonly #onFreed: () => void;
  /** Whoever made it is the first. */
  #holders = 1;

  constructor(tensors: readonly Tensor[], onFreed: () => void) {
    this.#tensors = tensors;
    this.#onFreed = onFreed;
  }

  /** Throws when they are freed already. */
  get tensors(): readonly Tensor[] {
    if (this.#holders === 0) throw new Error('tensors are used after they were freed');
    return this.#tensors;
  }

  /** One holder more. */
  hold(): this {
    if (this.#holders === 0) throw new Error('tensors are held after they were freed');
    this.#holders++;
    return this;
  }

  letGo(): void {
    if (--this.#holders > 0) return;
    for (const tensor of this.#tensors) tensor.dispose();
    this.#onFreed();
  }
}

const elementBytes: Readonly<Record<string, number>> = { float32: 4, int64: 8 };

function bytesOf(tensors: readonly Tensor[]): number {
  return tensors.reduce((sum, { type, dims }) => {
    const bytes = elementBytes[type];
    if (bytes === undefined) throw new RangeError(`a tensor is ${type}, expected float32 or int64`);
    return sum + dims.reduce((product, dim) => product * dim, bytes);
  }, 0);
}

function isHere(tensor: Tensor): boolean {
  return tensor.location === 'cpu';
}
