namespace Berth.Linux.Gpu;

/// <summary>NVIDIA's management library refused a call that nothing works without.</summary>
public sealed class NvmlException(string call, int code) : IOException($"{call} failed with NVML error {code}")
{
    public int Code { get; } = code;
}
