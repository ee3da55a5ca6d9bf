using Berth.Linux.Machine;

namespace Berth.Linux.Tests.Machine;

public sealed class MachineInfoTests
{
    [Fact]
    public void Read_OnThisMachine_AgreesWithTheRuntime()
    {
        var machine = MachineInfo.Read();

        Assert.InRange(Environment.ProcessorCount, 1, machine.CpuCount); // the runtime counts only CPUs that it may use
        Assert.True(machine.MemoryBytes > 100L << 20);
        Assert.InRange(MachineInfo.AvailableMemoryBytes(), 1, machine.MemoryBytes);
        Assert.NotEmpty(machine.NumaNodes);
        Assert.All(machine.Cpus, cpu => Assert.Contains(cpu.Cpu, cpu.Siblings));
        Assert.Equal(Environment.OSVersion.Version.Major.ToString(), machine.KernelVersion.Split('.')[0]);
        Assert.NotEqual("", machine.BootId);
    }

    [Fact]
    public void Read_OfTwoSocketTree_FindsSocketsThreadsNodesAndHugePages()
    {
        using var temp = new TempDirectory();
        Write("proc/meminfo", "MemTotal:       2048 kB\nSwapTotal: 0 kB\n");
        Write("sys/devices/system/cpu/online", "0-3\n");
        foreach (var (cpu, socket, siblings) in ((int, int, string)[])[(0, 0, "0,2"), (1, 1, "1,3"), (2, 0, "0,2"), (3, 1, "1,3")])
        {
            Write($"sys/devices/system/cpu/cpu{cpu}/topology/physical_package_id", $"{socket}\n");
            Write($"sys/devices/system/cpu/cpu{cpu}/topology/core_id", "0\n");
            Write($"sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list", siblings + "\n");
            Write($"sys/devices/system/cpu/cpu{cpu}/cache/index3/id", $"{socket + 10}\n");
            temp.Make("sys/devices/system/cpu", $"cpu{cpu}", $"node{socket}");
        }

        foreach (var node in (int[])[0, 1])
        {
            Write($"sys/devices/system/node/node{node}/meminfo", $"Node {node} MemTotal:        1024 kB\nNode {node} MemFree: 1 kB\n");
            Write($"sys/devices/system/node/node{node}/distance", node == 0 ? "10 21\n" : "21 10\n");
            Write($"sys/devices/system/node/node{node}/hugepages/hugepages-2048kB/nr_hugepages", $"{node * 5}\n");
        }

        Write("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "5\n");
        Write("etc/machine-id", "abc\n");
        Write("etc/os-release", "NAME=x\nPRETTY_NAME=\"Some Linux 1\"\n");

        var machine = MachineInfo.Read(temp.Path);

        Assert.Equal([(0, 0, 10), (1, 1, 11), (0, 0, 10), (1, 1, 11)], machine.Cpus.Select(cpu => (cpu.Socket, cpu.NumaNode, cpu.L3Cache)));
        Assert.Equal([0, 2], machine.Cpus[2].Siblings);
        Assert.Equal([1024L * 1024, 1024 * 1024], machine.NumaNodes.Select(node => node.MemoryBytes));
        Assert.Equal([21, 10], machine.NumaNodes[1].Distances);
        Assert.Equal(5, machine.NumaNodes[1].HugePages[2 << 20]);
        Assert.Equal(5, machine.HugePages[2 << 20]);
        Assert.Equal(("abc", "abc", "Some Linux 1"), (machine.MachineId, machine.SystemUuid, machine.OsImage));

        void Write(string path, string text)
        {
            var full = Path.Combine(temp.Path, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, text);
        }
    }

    [Theory]
    [InlineData("0-3,8,10-11\n", new[] { 0, 1, 2, 3, 8, 10, 11 })]
    [InlineData("\n", new int[0])]
    [InlineData("5", new[] { 5 })]
    public void ParseList_OfKernelLists_ExpandsRanges(string text, int[] members) => Assert.Equal(members, SysfsTopology.ParseList(text));
}
