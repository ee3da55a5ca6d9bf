using System.Globalization;

namespace Berth.Linux.Cgroups;

/// <summary>A cgroup within one hierarchy: files by name, errors with the path and the value.</summary>
internal readonly record struct CgroupDirectory(string Path, bool Unified)
{
    public bool Has(string file) => File.Exists(System.IO.Path.Combine(Path, file));

    public void Write(string file, string value)
    {
        var path = System.IO.Path.Combine(Path, file);
        try
        {
            // Never create: a missing file means a missing controller, and the kernel's own error for it is clearer.
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            stream.Write(System.Text.Encoding.ASCII.GetBytes(value));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"write '{value}' to {path}: {error.Message}", error);
        }
    }

    public void Write(string file, long value) => Write(file, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>"max" where unlimited in v2; v1 spells it -1.</summary>
    public void WriteLimit(string file, long value) => Write(file, value == CgroupLimits.Unlimited && Unified ? "max" : value.ToString(CultureInfo.InvariantCulture));

    public string Read(string file) => File.ReadAllText(System.IO.Path.Combine(Path, file)).Trim();

    /// <summary>Null where there is no such file, or the cgroup went away meanwhile.</summary>
    public string? TryRead(string file)
    {
        try
        {
            return Read(file);
        }
        catch (IOException)
        {
            return null; // a cgroup removed between open and read answers ENODEV
        }
    }

    public long ReadNumber(string file) =>
        long.TryParse(TryRead(file), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : 0;

    /// <summary>Files of lines "name value".</summary>
    public IReadOnlyDictionary<string, long> ReadTable(string file)
    {
        var table = new Dictionary<string, long>();
        foreach (var line in (TryRead(file) ?? "").Split('\n'))
        {
            var space = line.IndexOf(' ');
            if (space > 0 && long.TryParse(line.AsSpan(space + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
                table[line[..space]] = value;
        }

        return table;
    }
}
