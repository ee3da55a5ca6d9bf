using Berth.Linux.Processes;

namespace Berth.Linux.Nftables;

/// <summary>The <c>nft</c> program. A script is one transaction of the kernel: all of it holds, or none.</summary>
public static class NftablesProgram
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(30);

    public static bool IsInstalled => ProcessRunner.Find("nft") is not null;

    /// <param name="script">Text in nft's own language, or its JSON where it begins with a brace.</param>
    /// <exception cref="ProcessFailedException">nft is missing, or refused the script; nothing was changed.</exception>
    public static async Task ApplyAsync(string script, CancellationToken cancellation = default)
    {
        string[] arguments = script.AsSpan().TrimStart().StartsWith("{") ? ["-j", "-f", "-"] : ["-f", "-"];
        await ProcessRunner.RunAsync(Path(), arguments, script, _limit, cancellation);
    }

    /// <summary>Checks a script without applying it.</summary>
    /// <exception cref="ProcessFailedException">It would be refused.</exception>
    public static async Task CheckAsync(string script, CancellationToken cancellation = default) =>
        await ProcessRunner.RunAsync(Path(), ["-c", "-f", "-"], script, _limit, cancellation);

    /// <summary>A table as nft prints it, or null where it does not exist.</summary>
    public static async Task<string?> ListTableAsync(string family, string table, CancellationToken cancellation = default)
    {
        var result = await ProcessRunner.TryRunAsync(Path(), ["list", "table", family, table], limit: _limit, cancellation: cancellation);
        if (result.ExitCode == 0) return result.Output;
        return result.Error.Contains("No such file or directory", StringComparison.Ordinal)
            ? null
            : throw new ProcessFailedException($"nft list table {family} {table}: exit code {result.ExitCode}: {result.Error.Trim()}", result);
    }

    /// <summary>Deletes a table with all it holds. Absence is no error.</summary>
    public static Task DeleteTableAsync(string family, string table, CancellationToken cancellation = default) =>
        // "destroy" would do, but nftables 1.0.6 (Debian 12) does not know it; adding an existing table changes nothing.
        ApplyAsync($"add table {family} {table}\ndelete table {family} {table}\n", cancellation);

    private static string Path() =>
        ProcessRunner.Find("nft") ?? throw new ProcessFailedException("nft is not installed (apt-get install nftables)");
}
