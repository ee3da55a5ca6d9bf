namespace Berth.Node.Devices;

/// <summary>CPUs and memory that containers have for themselves, as exporters are told.</summary>
public interface IPinnedResources
{
    IReadOnlyList<int> AllocatableCpus { get; }

    IReadOnlyList<PinnedMemory> AllocatableMemory { get; }

    IReadOnlyList<int> CpusOf(string podUid, string container);

    IReadOnlyList<PinnedMemory> MemoryOf(string podUid, string container);
}

/// <param name="Type">memory, or hugepages-2Mi and the like.</param>
public sealed record PinnedMemory(string Type, long Bytes, IReadOnlyList<int> NumaNodes);
