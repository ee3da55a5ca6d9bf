using Berth.Linux.Mounts;
using Berth.Linux.Processes;

namespace Berth.Node.Volumes;

/// <summary>Mounts block devices, making a file system on those that have none. Idempotent.</summary>
public static class DeviceMount
{
    // Two pods of one volume must not both find the device empty.
    private static readonly SemaphoreSlim _gate = new(1);
    private static readonly TimeSpan _formatLimit = TimeSpan.FromMinutes(10);

    /// <returns>The target.</returns>
    /// <exception cref="InvalidDataException">The tools refuse; their words are in the message.</exception>
    public static async Task<string> EnsureAsync(string device, string target, string fileSystem, IReadOnlyList<string> options, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            Directory.CreateDirectory(target);
            if (MountTable.IsMountPoint(target))
                return target;
            var found = await ProcessRunner.TryRunAsync(Tool("blkid"), ["-p", "-s", "TYPE", "-s", "PTTYPE", "-o", "value", device], cancellation: ct);
            // blkid's own code for "nothing there"; anything else could be data that it does not know.
            const int Nothing = 2;
            if (found.ExitCode == Nothing)
            {
                string[] arguments = fileSystem.StartsWith("ext", StringComparison.Ordinal) ? ["-F", "-m0", device] : [device];
                await ProcessRunner.RunAsync(Tool("mkfs." + fileSystem), arguments, limit: _formatLimit, cancellation: ct);
            }

            string[] chosen = options.Count > 0 ? ["-o", string.Join(',', options)] : [];
            await ProcessRunner.RunAsync(Tool("mount"), ["-t", fileSystem, .. chosen, device, target], cancellation: ct);
            return target;
        }
        catch (ProcessFailedException error)
        {
            throw new InvalidDataException(error.Message, error);
        }
        finally
        {
            _gate.Release();
        }
    }

    private static string Tool(string name) =>
        ProcessRunner.Find(name) ?? throw new InvalidDataException($"{name} is not installed on this node");
}
