using Berth.Linux.Processes;

namespace Berth.Csi.LoopDriver.NodePart;

/// <summary>Files as block devices, by losetup.</summary>
public static class LoopDevice
{
    /// <summary>Null where files can be made devices; else what is missing.</summary>
    public static string? Missing =>
        !File.Exists("/dev/loop-control") ? "this machine has no loop devices"
        : ProcessRunner.Find("losetup") is null ? "losetup is not installed"
        : ProcessRunner.Find("mkfs.ext4") is null ? "mkfs.ext4 is not installed"
        : null;

    /// <summary>The file's device, made when it has none.</summary>
    public static async Task<string> EnsureAsync(string file, CancellationToken ct) =>
        await FindAsync(file, ct) ?? (await ProcessRunner.RunAsync(Losetup, ["--find", "--show", file], cancellation: ct)).Trim();

    public static async Task<string?> FindAsync(string file, CancellationToken ct)
    {
        var lines = await ProcessRunner.RunAsync(Losetup, ["-j", file, "-n", "-O", "NAME"], cancellation: ct);
        return lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault();
    }

    public static async Task ReleaseAsync(string file, CancellationToken ct)
    {
        if (await FindAsync(file, ct) is { } device)
            await ProcessRunner.RunAsync(Losetup, ["-d", device], cancellation: ct);
    }

    /// <summary>Lets the device see that its file has grown.</summary>
    public static Task RefreshAsync(string device, CancellationToken ct) => ProcessRunner.RunAsync(Losetup, ["-c", device], cancellation: ct);

    private static string Losetup => ProcessRunner.Find("losetup") ?? "losetup";
}
