using Berth.Api;

namespace Berth.Node.Devices.Drivers;

/// <summary>The user-space part of NVIDIA's driver: what of it a container must see to use a GPU.</summary>
/// <param name="directories">Where libraries are looked for, without the tree's root; the first that has one wins.</param>
public sealed class NvidiaLibraries(MachineTree tree, IReadOnlyList<string> directories)
{
    /// <summary>Where containers find the libraries: images for CUDA have it in their search path.</summary>
    private const string ContainerDirectory = "/usr/local/nvidia/lib64";

    // What computing needs, and video and graphics where they are installed; the same as NVIDIA's own tools show.
    private static readonly string[] s_prefixes =
        ["libcuda.so", "libcudadebugger.so", "libnvidia-ml.so", "libnvidia-ptxjitcompiler.so", "libnvidia-nvvm.so", "libnvidia-opencl.so", "libnvidia-cfg.so", "libnvidia-allocator.so", "libnvcuvid.so", "libnvidia-encode.so"];

    private static readonly string[] s_nodes = ["/dev/nvidiactl", "/dev/nvidia-uvm", "/dev/nvidia-uvm-tools", "/dev/nvidia-modeset"];

    private static readonly string[] s_programs = ["/usr/bin/nvidia-smi", "/usr/bin/nvidia-debugdump"];

    public static IReadOnlyList<string> StandardDirectories { get; } =
    [
        "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/local/nvidia/lib64", "/usr/lib/wsl/lib", "/run/nvidia/driver/usr/lib/x86_64-linux-gnu",
    ];

    /// <summary>Where a library of that name may be.</summary>
    public IEnumerable<string> Candidates(string name) => directories.Select(d => tree.Path($"{d}/{name}"));

    /// <summary>For every container with a GPU: control nodes, libraries under all their names, programs.</summary>
    public CdiEdits Edits(MachineTree machine, string driverVersion)
    {
        var mounts = new List<CdiMount>();
        foreach (var directory in directories)
        {
            var real = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var name in machine.Entries(directory).Where(IsWanted))
            {
                var path = $"{directory}/{name}";
                // Links become files of their names: in the container nobody makes links, and nobody runs ldconfig.
                real[name] = machine.Target(path) ?? path;
            }

            mounts.AddRange(real.Where(r => mounts.TrueForAll(m => m.Path != $"{ContainerDirectory}/{r.Key}"))
                .Select(r => new CdiMount($"{ContainerDirectory}/{r.Key}", machine.Path(r.Value))));
            if (mounts.Exists(m => m.Path.StartsWith($"{ContainerDirectory}/libcuda.so", StringComparison.Ordinal))) break;
        }

        var hasLibraries = mounts.Count > 0;
        mounts.AddRange(s_programs.Where(machine.Exists).Select(p => new CdiMount(p, machine.Path(p))));
        return new CdiEdits
        {
            Nodes = s_nodes.Where(machine.Exists).Select(n => new CdiNode(n, machine.Path(n))).ToApiList(),
            Mounts = mounts.ToApiList(),
            // void: a hook of NVIDIA's container toolkit, where there is one, is to leave the container alone.
            Environment = ["NVIDIA_VISIBLE_DEVICES=void", .. hasLibraries ? [$"LD_LIBRARY_PATH={ContainerDirectory}"] : Array.Empty<string>()],
        };

        bool IsWanted(string name) => s_prefixes.Any(p => name.StartsWith(p + ".", StringComparison.Ordinal))
            && (driverVersion.Length == 0 || name.EndsWith(driverVersion, StringComparison.Ordinal) || char.IsAsciiDigit(name[^1]));
    }
}
