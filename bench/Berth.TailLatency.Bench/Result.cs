using System.Globalization;

namespace Berth.TailLatency.Bench;

/// <param name="Microseconds">Response times, the shortest first.</param>
internal sealed record Result(string Name, IReadOnlyList<double> Microseconds)
{
    public double At(double share) => Microseconds[Math.Min(Microseconds.Count - 1, (int)(share * Microseconds.Count))];

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Name,-32} p50 {At(0.5),9:F0} µs   p99 {At(0.99),9:F0} µs   p99.9 {At(0.999),9:F0} µs   longest {Microseconds[^1],9:F0} µs   of {Microseconds.Count}");
}
