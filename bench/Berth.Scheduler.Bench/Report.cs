using System.Globalization;

namespace Berth.Scheduler.Bench;

/// <summary>Prints each measure beside its limit, and remembers whether one was missed.</summary>
internal sealed class Report
{
    public int ExitCode { get; private set; }

    public void Note(string measure, double value, string unit) => Line(measure, value, "", unit, true);

    public void AtMost(string measure, double value, double limit, string unit) => Line(measure, value, "<= " + Number(limit), unit, value <= limit);

    public void AtLeast(string measure, double value, double limit, string unit) => Line(measure, value, ">= " + Number(limit), unit, value >= limit);

    private void Line(string measure, double value, string limit, string unit, bool met)
    {
        if (!met)
            ExitCode = 1;
        Console.WriteLine($"{measure,-36} {Number(value) + " " + unit,14} {limit,10}{(met ? "" : "  MISSED")}");
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
