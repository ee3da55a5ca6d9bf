using System.Globalization;
using Berth.Linux.Processes;

namespace Berth.Node.Runtime;

/// <summary>Which containerd this is; the configuration's dialect depends on it.</summary>
public readonly record struct ContainerdVersion(int Major, int Minor, string Text)
{
    /// <summary>containerd 2.0 split the CRI plugin in two and raised the configuration's version to 3.</summary>
    public int ConfigVersion => Major >= 2 ? 3 : 2;

    /// <exception cref="RuntimeStartException">It does not run, or is older than 1.6 (which lacks CRI v1).</exception>
    public static async Task<ContainerdVersion> OfAsync(string containerdPath, CancellationToken cancellation)
    {
        string output;
        try
        {
            output = await ProcessRunner.RunAsync(containerdPath, ["--version"], limit: TimeSpan.FromSeconds(20), cancellation: cancellation);
        }
        catch (ProcessFailedException error)
        {
            throw new RuntimeStartException(error.Message, error);
        }

        var version = Parse(output) ?? throw new RuntimeStartException($"{containerdPath} --version: not understood: {output.Trim()}");
        return version is { Major: > 1 } or { Major: 1, Minor: >= 6 }
            ? version
            : throw new RuntimeStartException($"{containerdPath} is version {version.Text}; Berth needs 1.6 or later");
    }

    /// <summary>"containerd REPOSITORY VERSION REVISION" (ctr's is alike), the version with or without a v and a distribution's suffix.</summary>
    internal static ContainerdVersion? Parse(string output)
    {
        var words = output.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length < 3) return null;
        var text = words[2].TrimStart('v');
        var parts = text.Split('.', '~', '-', '+');
        return parts.Length >= 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
            ? new ContainerdVersion(major, minor, text)
            : null;
    }
}
