using Berth.Linux.Processes;

namespace Berth.Network;

/// <summary>The network namespace that this process runs in.</summary>
public sealed class HostNetwork : IHostNetwork
{
    /// <summary>Ten thousand Services take nft about a second; past this something is stuck.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public Task<string> RunAsync(string program, IReadOnlyList<string> arguments, string? input = null, CancellationToken cancellation = default) =>
        ProcessRunner.RunAsync(ProcessRunner.Find(program) ?? program, arguments, input, Limit, cancellation);

    public string? ReadSysctl(string name)
    {
        try
        {
            return File.ReadAllText(PathOf(name)).Trim();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public void WriteSysctl(string name, string value)
    {
        try
        {
            File.WriteAllText(PathOf(name), value);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"cannot set {PathOf(name)} to {value}: {e.Message}", e);
        }
    }

    private static string PathOf(string name) => "/proc/sys/" + name;
}
