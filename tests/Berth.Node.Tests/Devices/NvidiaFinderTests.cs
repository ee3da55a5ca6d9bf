using Berth.Api;
using Berth.Node.Devices.Drivers;

namespace Berth.Node.Tests.Devices;

public sealed class NvidiaFinderTests
{
    [Fact]
    public async Task Find_TwoPlainGpus_TellsWhatTheLibraryAndTheKernelKnow()
    {
        using var gpus = await FakeGpus.CreateAsync(0, 0);
        using var finder = Finder(gpus);
        var found = finder.Find();
        Assert.Equal(["gpu-0", "gpu-1"], found.Devices.Select(d => d.Name));
        var gpu = found.Devices[1];
        Assert.Null(gpu.Problem);
        Assert.Equal(
            ("NVIDIA Fake 100", "GPU-1", "gpu", "550.54.5", "12.4.0", "9.0.0"),
            (gpu.Attributes["productName"].String, gpu.Attributes["uuid"].String, gpu.Attributes["type"].String, gpu.Attributes["driverVersion"].Version, gpu.Attributes["cudaDriverVersion"].Version, gpu.Attributes["cudaComputeCapability"].Version));
        Assert.Equal(("0001:3b:00.0", "pci0001:00", 1L), (gpu.Attributes["resource.kubernetes.io/pciBusID"].String, gpu.Attributes["resource.kubernetes.io/pcieRoot"].String, gpu.Attributes["numaNode"].Int));
        Assert.Equal(Quantity.Parse("80Gi"), gpu.Capacity["memory"].Value);
        Assert.Equal([new CdiNode("/dev/nvidia1", gpus.At("dev/nvidia1"))], gpu.Edits.Nodes);
        Assert.Equal(["/dev/nvidiactl"], found.Edits.Nodes.Select(n => n.Path));
        // Links are shown as files of both names; what is not the driver's is not shown.
        Assert.Contains(new CdiMount("/usr/local/nvidia/lib64/libcuda.so.1", gpus.At("usr/lib/x86_64-linux-gnu/libcuda.so.550.54.05")), found.Edits.Mounts);
        Assert.DoesNotContain(found.Edits.Mounts, m => m.Path.Contains("libc.so", StringComparison.Ordinal));
        Assert.Contains(found.Edits.Mounts, m => m.Path == "/usr/bin/nvidia-smi");
    }

    [Fact]
    public async Task Find_GpuInMigMode_PublishesPartsThatShareItsMemory()
    {
        using var gpus = await FakeGpus.CreateAsync(0, 2);
        using var finder = Finder(gpus);
        var found = finder.Find();
        Assert.Equal(["gpu-0", "gpu-1", "gpu-1-mig-7-0", "gpu-1-mig-8-0"], found.Devices.Select(d => d.Name));
        Assert.Equal("gpu-1", Assert.Single(found.Counters).Name);
        Assert.Equal(("gpu", "partitioned"), (found.Devices[0].Attributes["type"].String, found.Devices[1].Attributes["type"].String));
        var part = found.Devices[2];
        Assert.Equal(("mig", "1g.10gb", "GPU-1", "MIG-1-0"), (part.Attributes["type"].String, part.Attributes["profile"].String, part.Attributes["parentUUID"].String, part.Attributes["uuid"].String));
        Assert.Equal(Quantity.Parse("10Gi"), part.Consumes[0].Counters["memory"].Value);
        Assert.Equal(["/dev/nvidia1", "/dev/nvidia-caps/nvidia-cap1", "/dev/nvidia-caps/nvidia-cap2"], part.Edits.Nodes.Select(n => n.Path));
    }

    [Fact]
    public async Task Find_GpuLostAndBack_HasAProblemForThatTime()
    {
        using var gpus = await FakeGpus.CreateAsync(0, 0);
        using var finder = Finder(gpus);
        Assert.Null(finder.Find().Devices[0].Problem);
        gpus.Fail(0, 15);
        Assert.Equal("GPU is lost", finder.Find().Devices[0].Problem);
        Assert.Null(finder.Find().Devices[1].Problem);
        gpus.Fail(0, 0);
        Assert.Null(finder.Find().Devices[0].Problem);
        gpus.Remove(1);
        Assert.Equal(["gpu-0"], finder.Find().Devices.Select(d => d.Name));
    }

    [Fact]
    public async Task Find_NoManagementLibrary_PublishesWhatTheKernelTells()
    {
        using var gpus = await FakeGpus.CreateAsync(0);
        foreach (var file in Directory.EnumerateFiles(gpus.At("usr/lib/x86_64-linux-gnu"), "libnvidia-ml*").ToList())
            File.Delete(file);
        using var finder = Finder(gpus);
        var gpu = Assert.Single(finder.Find().Devices);
        Assert.Equal(("GPU-0", "NVIDIA Fake 100"), (gpu.Attributes["uuid"].String, gpu.Attributes["productName"].String));
        Assert.True(gpu.Capacity.IsEmpty);
    }

    [Fact]
    public void Find_MachineWithoutDriver_FindsNothing()
    {
        var tree = new MachineTree(Path.Combine(Path.GetTempPath(), "berth-nothing"));
        using var finder = new NvidiaFinder(tree, new NvidiaLibraries(tree, NvidiaLibraries.StandardDirectories));
        Assert.Empty(finder.Find().Devices);
    }

    private static NvidiaFinder Finder(FakeGpus gpus)
    {
        var tree = new MachineTree(gpus.Root);
        return new NvidiaFinder(tree, new NvidiaLibraries(tree, NvidiaLibraries.StandardDirectories));
    }
}
