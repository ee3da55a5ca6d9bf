using System.Diagnostics;
using System.Globalization;

namespace Berth.Node.Tests.Devices;

/// <summary>
/// A machine with NVIDIA GPUs that is nothing but files: what the kernel driver shows in /proc, /dev and /sys, the driver's
/// libraries, and a management library of a few lines of C that answers from a text file, so that a test can take a GPU away.
/// </summary>
public sealed class FakeGpus : IDisposable
{
    public const string DriverVersion = "550.54.05";

    private const string Libraries = "usr/lib/x86_64-linux-gnu";

    // Each line of the state file: minor, bus address, memory in bytes, error, MIG partitions.
    private const string Source = """
        #include <stdio.h>
        #include <string.h>
        typedef struct { int minor; char bus[32]; unsigned long long memory; int error; int parts; } gpu;
        static gpu gpus[16]; static int count;
        static long handles[16], parts[16][8];
        int nvmlInit_v2(void) {
            FILE *f = fopen(STATE, "r"); if (!f) return 9; count = 0;
            while (count < 16 && fscanf(f, "%d %31s %llu %d %d", &gpus[count].minor, gpus[count].bus, &gpus[count].memory, &gpus[count].error, &gpus[count].parts) == 5) count++;
            fclose(f); return 0; }
        int nvmlShutdown(void) { return 0; }
        static int whole(void *h) { return (long *)h >= handles && (long *)h < handles + 16 ? (int)((long *)h - handles) : -1; }
        static int card(void *h) { int i = whole(h); return i >= 0 ? i : (int)(((long *)h - &parts[0][0]) / 8); }
        static int part(void *h) { return (int)(((long *)h - &parts[0][0]) % 8); }
        int nvmlDeviceGetCount_v2(unsigned *n) { *n = count; return 0; }
        int nvmlDeviceGetHandleByIndex_v2(unsigned i, void **h) { *h = &handles[i]; return 0; }
        int nvmlDeviceGetName(void *h, char *t, unsigned n) { snprintf(t, n, whole(h) >= 0 ? "NVIDIA Fake 100" : "NVIDIA Fake 100 MIG 1g.10gb"); return 0; }
        int nvmlDeviceGetUUID(void *h, char *t, unsigned n) { if (whole(h) >= 0) snprintf(t, n, "GPU-%d", card(h)); else snprintf(t, n, "MIG-%d-%d", card(h), part(h)); return 0; }
        int nvmlDeviceGetMemoryInfo(void *h, unsigned long long *m) {
            if (gpus[card(h)].error) return gpus[card(h)].error;
            m[0] = whole(h) >= 0 ? gpus[card(h)].memory : 10737418240ull; m[1] = m[0]; m[2] = 0; return 0; }
        int nvmlDeviceGetMinorNumber(void *h, unsigned *n) { *n = gpus[card(h)].minor; return 0; }
        int nvmlDeviceGetPciInfo_v3(void *h, char *i) { memset(i, 0, 68); strcpy(i + 36, gpus[card(h)].bus); return 0; }
        int nvmlDeviceGetCudaComputeCapability(void *h, int *a, int *b) { *a = 9; *b = 0; return 0; }
        int nvmlDeviceGetMigMode(void *h, unsigned *now, unsigned *later) { *now = *later = gpus[card(h)].parts > 0; return 0; }
        int nvmlDeviceGetMigDeviceHandleByIndex(void *h, unsigned i, void **p) { if ((int)i >= gpus[card(h)].parts) return 6; *p = &parts[card(h)][i]; return 0; }
        int nvmlDeviceGetGpuInstanceId(void *h, unsigned *n) { *n = part(h) + 7; return 0; }
        int nvmlDeviceGetComputeInstanceId(void *h, unsigned *n) { *n = 0; return 0; }
        int nvmlSystemGetDriverVersion(char *t, unsigned n) { snprintf(t, n, "550.54.05"); return 0; }
        int nvmlSystemGetCudaDriverVersion_v2(int *v) { *v = 12040; return 0; }
        const char *nvmlErrorString(int e) { return e == 15 ? "GPU is lost" : "Unknown Error"; }
        """;

    private readonly string[] _lines;

    /// <param name="parts">MIG partitions of each GPU; zero for a plain one.</param>
    private FakeGpus(string root, int[] parts)
    {
        Root = root;
        _lines = [.. parts.Select((p, i) => string.Create(CultureInfo.InvariantCulture, $"{i} 0000000{i}:3B:00.0 85899345920 0 {p}"))];
    }

    public string Root { get; }

    public static async Task<FakeGpus> CreateAsync(params int[] parts)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/gcc"), "the fake of NVIDIA's management library is built with gcc");
        var gpus = new FakeGpus(Path.Combine(Path.GetTempPath(), "berth-gpus-" + Guid.NewGuid().ToString("N")[..8]), parts);
        gpus.Write("proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX x86_64 Kernel Module  550.54.05");
        gpus.Write($"{Libraries}/libcuda.so.{DriverVersion}", "cuda");
        File.CreateSymbolicLink(gpus.At($"{Libraries}/libcuda.so.1"), $"libcuda.so.{DriverVersion}");
        gpus.Write($"{Libraries}/libc.so.6", "not of the driver");
        gpus.Write("usr/bin/nvidia-smi", "#!/bin/sh\necho fake\n");
        await gpus.NodeAsync("nvidiactl");
        for (var i = 0; i < parts.Length; i++)
        {
            var address = $"000{i}:3b:00.0";
            gpus.Write($"proc/driver/nvidia/gpus/{address}/information", $"Model: \t\t NVIDIA Fake 100\nGPU UUID: \t GPU-{i}\nDevice Minor: \t {i}\n");
            gpus.Write($"sys/devices/pci000{i}:00/{address}/numa_node", $"{i}\n");
            Directory.CreateDirectory(gpus.At("sys/bus/pci/devices"));
            File.CreateSymbolicLink(gpus.At($"sys/bus/pci/devices/{address}"), $"../../../devices/pci000{i}:00/{address}");
            await gpus.NodeAsync($"nvidia{i}");
            for (var p = 0; p < parts[i]; p++)
            {
                gpus.Write($"proc/driver/nvidia/capabilities/gpu{i}/mig/gi{p + 7}/access", $"DeviceFileMinor: {(p * 10) + 1}\nDeviceFileMode: 438\n");
                gpus.Write($"proc/driver/nvidia/capabilities/gpu{i}/mig/gi{p + 7}/ci0/access", $"DeviceFileMinor: {(p * 10) + 2}\n");
                await gpus.NodeAsync($"nvidia-caps/nvidia-cap{(p * 10) + 1}");
                await gpus.NodeAsync($"nvidia-caps/nvidia-cap{(p * 10) + 2}");
            }
        }

        gpus.Tell();
        gpus.Write("nvml.c", Source);
        await RunAsync("gcc", "-shared", "-fPIC", "-O0", $"-DSTATE=\"{gpus.At("state")}\"", "-o", gpus.At($"{Libraries}/libnvidia-ml.so.{DriverVersion}"), gpus.At("nvml.c"));
        File.CreateSymbolicLink(gpus.At($"{Libraries}/libnvidia-ml.so.1"), $"libnvidia-ml.so.{DriverVersion}");
        return gpus;
    }

    public string At(string path) => Path.Combine(Root, path);

    /// <summary>From now on the library answers for the GPU with this error; 15 is that of a lost one, 0 that of a well one.</summary>
    public void Fail(int gpu, int error)
    {
        var fields = _lines[gpu].Split(' ');
        fields[^2] = error.ToString(CultureInfo.InvariantCulture);
        _lines[gpu] = string.Join(' ', fields);
        Tell();
    }

    /// <summary>Takes the GPU off its bus.</summary>
    public void Remove(int gpu) => Directory.Delete(At($"proc/driver/nvidia/gpus/000{gpu}:3b:00.0"), recursive: true);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private void Tell() => Write("state", string.Join('\n', _lines) + "\n");

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(path))!);
        File.WriteAllText(At(path), text);
    }

    /// <summary>A node that is /dev/zero under another name.</summary>
    private async Task NodeAsync(string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At("dev/" + name))!);
        await RunAsync("mknod", "-m", "666", At("dev/" + name), "c", "1", "5");
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program}: {errors}");
    }
}
