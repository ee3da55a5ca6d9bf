using System.Globalization;

namespace Berth.TailLatency.Bench;

/// <param name="Name">What else was on the node, and where the service ran.</param>
/// <param name="Waits">How the service waited for its requests.</param>
/// <param name="Microseconds">Response times, the shortest first.</param>
/// <param name="Stolen">Share of the CPUs' time that a virtual machine's host kept for others.</param>
internal sealed record Result(string Name, string Waits, IReadOnlyList<double> Microseconds, double Stolen)
{
    public double At(double share) => Microseconds[Math.Min(Microseconds.Count - 1, (int)(share * Microseconds.Count))];

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Waits,-9} {Name,-32} p50 {At(0.5),7:F0}   p99 {At(0.99),7:F0}   p99.9 {At(0.999),7:F0}   longest {Microseconds[^1],7:F0}   µs of {Microseconds.Count}; stolen {Stolen:P1}");
}
