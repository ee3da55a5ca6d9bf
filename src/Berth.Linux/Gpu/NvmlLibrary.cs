using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Berth.Linux.Gpu;

/// <summary>
/// NVIDIA's management library, loaded where the driver has put it. Nothing of it is needed to build or to run where there
/// is no GPU. Not safe for concurrent use.
/// </summary>
public sealed unsafe class NvmlLibrary : IDisposable
{
    private const int TextBytes = 96;
    private const int PciBytes = 68;
    private const int PciBusIdAt = 36;

    // The partitions that a GPU can have at most; the library tells the number of its own.
    private const int PartitionsMax = 16;

    private readonly nint _library;

    private NvmlLibrary(nint library) => _library = library;

    /// <param name="paths">Tried in order.</param>
    /// <returns>Null where none of them is there, or none is this library.</returns>
    public static NvmlLibrary? Load(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            if (!File.Exists(path) || !NativeLibrary.TryLoad(path, out var library))
                continue;
            if (NativeLibrary.TryGetExport(library, "nvmlInit_v2", out _))
                return new NvmlLibrary(library);
            NativeLibrary.Free(library);
        }

        return null;
    }

    /// <summary>Reads everything anew, so that a GPU that was lost or came back is seen.</summary>
    /// <exception cref="NvmlException">The driver does not answer at all.</exception>
    public NvmlReading Read()
    {
        Check("nvmlInit_v2", ((delegate* unmanaged<int>)Required("nvmlInit_v2"))());
        try
        {
            uint count;
            Check("nvmlDeviceGetCount_v2", ((delegate* unmanaged<uint*, int>)Required("nvmlDeviceGetCount_v2"))(&count));
            var gpus = new List<NvmlGpu>();
            for (uint i = 0; i < count; i++)
            {
                nint device;
                // A GPU that has fallen off its bus has no handle: it is told by its absence.
                if (((delegate* unmanaged<uint, nint*, int>)Required("nvmlDeviceGetHandleByIndex_v2"))(i, &device) == 0)
                    gpus.Add(ReadGpu(device));
            }

            return new NvmlReading(SystemText("nvmlSystemGetDriverVersion"), CudaVersion(), gpus);
        }
        finally
        {
            ((delegate* unmanaged<int>)Required("nvmlShutdown"))();
        }
    }

    public void Dispose() => NativeLibrary.Free(_library);

    /// <summary>0000:3b:00.0 of 00000000:3B:00.0.</summary>
    internal static string SysfsAddress(string busId)
    {
        var text = busId.ToLowerInvariant();
        return text.Length > 12 && text.IndexOf(':', StringComparison.Ordinal) == 8 ? text[4..] : text;
    }

    private NvmlGpu ReadGpu(nint device)
    {
        var memory = Memory(device, out var problem);
        uint minor = 0;
        var numbered = Optional("nvmlDeviceGetMinorNumber") is var call && call != 0 && ((delegate* unmanaged<nint, uint*, int>)call)(device, &minor) == 0;
        var mig = MigEnabled(device);
        return new NvmlGpu(
            DeviceText("nvmlDeviceGetUUID", device),
            DeviceText("nvmlDeviceGetName", device),
            PciAddress(device),
            numbered ? (int)minor : -1,
            memory,
            ComputeCapability(device),
            mig,
            problem)
        {
            Partitions = mig ? Partitions(device) : [],
        };
    }

    private long Memory(nint device, out string? problem)
    {
        var info = stackalloc ulong[3];
        var code = ((delegate* unmanaged<nint, ulong*, int>)Required("nvmlDeviceGetMemoryInfo"))(device, info);
        problem = code == 0 ? null : ErrorText(code);
        return code == 0 ? (long)info[0] : 0;
    }

    private string PciAddress(nint device)
    {
        var call = Optional("nvmlDeviceGetPciInfo_v3");
        var info = stackalloc byte[PciBytes];
        new Span<byte>(info, PciBytes).Clear();
        if (call == 0 || ((delegate* unmanaged<nint, byte*, int>)call)(device, info) != 0)
            return "";
        return SysfsAddress(Text(new ReadOnlySpan<byte>(info + PciBusIdAt, PciBytes - PciBusIdAt)));
    }

    private string ComputeCapability(nint device)
    {
        var call = Optional("nvmlDeviceGetCudaComputeCapability");
        int major, minor;
        return call != 0 && ((delegate* unmanaged<nint, int*, int*, int>)call)(device, &major, &minor) == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{major}.{minor}")
            : "";
    }

    private bool MigEnabled(nint device)
    {
        var call = Optional("nvmlDeviceGetMigMode");
        uint current, pending;
        return call != 0 && ((delegate* unmanaged<nint, uint*, uint*, int>)call)(device, &current, &pending) == 0 && current == 1;
    }

    private List<NvmlPartition> Partitions(nint device)
    {
        var found = new List<NvmlPartition>();
        var byIndex = (delegate* unmanaged<nint, uint, nint*, int>)Optional("nvmlDeviceGetMigDeviceHandleByIndex");
        var gpuInstance = (delegate* unmanaged<nint, uint*, int>)Optional("nvmlDeviceGetGpuInstanceId");
        var computeInstance = (delegate* unmanaged<nint, uint*, int>)Optional("nvmlDeviceGetComputeInstanceId");
        if (byIndex == null || gpuInstance == null || computeInstance == null)
            return found;
        for (uint i = 0; i < PartitionsMax; i++)
        {
            nint part;
            uint gi, ci;
            if (byIndex(device, i, &part) != 0 || gpuInstance(part, &gi) != 0 || computeInstance(part, &ci) != 0)
                continue;
            var name = DeviceText("nvmlDeviceGetName", part);
            var at = name.LastIndexOf("MIG ", StringComparison.Ordinal);
            found.Add(new NvmlPartition(DeviceText("nvmlDeviceGetUUID", part), at < 0 ? "" : name[(at + 4)..], (int)gi, (int)ci, Memory(part, out _)));
        }

        return found;
    }

    private string CudaVersion()
    {
        var call = Optional("nvmlSystemGetCudaDriverVersion_v2");
        int version;
        return call != 0 && ((delegate* unmanaged<int*, int>)call)(&version) == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{version / 1000}.{version % 1000 / 10}")
            : "";
    }

    private string DeviceText(string name, nint device)
    {
        var buffer = stackalloc byte[TextBytes];
        var call = Optional(name);
        return call != 0 && ((delegate* unmanaged<nint, byte*, uint, int>)call)(device, buffer, TextBytes) == 0 ? Text(new ReadOnlySpan<byte>(buffer, TextBytes)) : "";
    }

    private string SystemText(string name)
    {
        var buffer = stackalloc byte[TextBytes];
        var call = Optional(name);
        return call != 0 && ((delegate* unmanaged<byte*, uint, int>)call)(buffer, TextBytes) == 0 ? Text(new ReadOnlySpan<byte>(buffer, TextBytes)) : "";
    }

    private string ErrorText(int code)
    {
        var call = Optional("nvmlErrorString");
        var text = call == 0 ? null : Marshal.PtrToStringUTF8(((delegate* unmanaged<int, nint>)call)(code));
        return text ?? string.Create(CultureInfo.InvariantCulture, $"NVML error {code}");
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    private nint Required(string name) => NativeLibrary.GetExport(_library, name);

    private nint Optional(string name) => NativeLibrary.TryGetExport(_library, name, out var address) ? address : 0;

    private static void Check(string call, int code)
    {
        if (code != 0)
            throw new NvmlException(call, code);
    }
}
