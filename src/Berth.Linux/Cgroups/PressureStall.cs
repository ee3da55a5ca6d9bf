using System.Globalization;

namespace Berth.Linux.Cgroups;

/// <summary>How much of the time tasks waited for one resource, as the kernel tells: shares in percent over ten seconds, one and five minutes, and all of it in microseconds.</summary>
public readonly record struct PressureShare(double Average10, double Average60, double Average300, long TotalMicroseconds);

/// <summary>Pressure by one resource: at least one task waited; all waited, so that nothing was done.</summary>
public readonly record struct PressureStall(PressureShare Some, PressureShare Full)
{
    /// <summary>Of the whole machine; null before Linux 4.20, or where the kernel does not count it.</summary>
    /// <param name="resource">cpu, memory or io.</param>
    public static PressureStall? OfMachine(string resource)
    {
        try
        {
            return Parse(File.ReadAllText("/proc/pressure/" + resource));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    internal static PressureStall Parse(string text)
    {
        PressureShare Line(string name)
        {
            var words = text.Split('\n').FirstOrDefault(l => l.StartsWith(name + " ", StringComparison.Ordinal))?.Split(' ') ?? [];
            double Number(string key) => words.FirstOrDefault(w => w.StartsWith(key, StringComparison.Ordinal)) is { } word && double.TryParse(word[key.Length..], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : 0;
            return new(Number("avg10="), Number("avg60="), Number("avg300="), (long)Number("total="));
        }

        return new(Line("some"), Line("full"));
    }
}
