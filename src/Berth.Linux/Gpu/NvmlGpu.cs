namespace Berth.Linux.Gpu;

/// <summary>A GPU as NVIDIA's management library tells of it.</summary>
/// <param name="PciAddress">As in sysfs: 0000:3b:00.0.</param>
/// <param name="Minor">Number of its node in /dev.</param>
/// <param name="ComputeCapability">Such as 9.0; empty when not told.</param>
/// <param name="Problem">Why it cannot be used; null when it answers.</param>
public sealed record NvmlGpu(string Uuid, string Name, string PciAddress, int Minor, long MemoryBytes, string ComputeCapability, bool MigEnabled, string? Problem)
{
    public IReadOnlyList<NvmlPartition> Partitions { get; init; } = [];
}

/// <summary>A part of a GPU in MIG mode.</summary>
/// <param name="Profile">Such as 1g.10gb; empty when the library does not tell.</param>
public sealed record NvmlPartition(string Uuid, string Profile, int GpuInstance, int ComputeInstance, long MemoryBytes);

/// <summary>All GPUs at one moment.</summary>
public sealed record NvmlReading(string DriverVersion, string CudaVersion, IReadOnlyList<NvmlGpu> Gpus);
