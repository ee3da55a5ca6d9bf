using System.Globalization;
using System.Text;

namespace Berth.TailLatency.Bench;

/// <summary>Response time over percentile, both logarithmic, as tails are read best.</summary>
internal static class Plot
{
    private const int Width = 760, Height = 440, Left = 80, Right = 20, Top = 60, Bottom = 60;

    private static readonly string[] s_colours = ["#888888", "#c0392b", "#1f6fb2", "#2e8b57"];

    // A colour for what was measured, a dash for how the service waited.
    private static string Stroke(IReadOnlyList<Result> results, int i) =>
        $"stroke=\"{s_colours[results.Select(r => r.Name).Distinct().ToList().IndexOf(results[i].Name) % s_colours.Length]}\"" + (results[i].Waits == Measurement.Sleeping ? " stroke-dasharray=\"6 4\"" : "");

    public static string Svg(IReadOnlyList<Result> results, string machine)
    {
        var least = Math.Pow(10, Math.Floor(Math.Log10(results.Min(r => r.Microseconds[0]))));
        var most = Math.Pow(10, Math.Ceiling(Math.Log10(results.Max(r => r.Microseconds[^1]))));
        var nines = Math.Log10(results.Max(r => r.Microseconds.Count));
        double X(double share) => Left + -Math.Log10(1 - share) / nines * (Width - Left - Right);
        double Y(double microseconds) => Height - Bottom - Math.Log10(microseconds / least) / Math.Log10(most / least) * (Height - Top - Bottom);

        var svg = new StringBuilder();
        void Add(FormattableString line) => svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
        Add($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"12\">");
        Add($"<rect width=\"{Width}\" height=\"{Height}\" fill=\"white\"/>");
        Add($"<text x=\"{Left}\" y=\"22\" font-size=\"15\">Response time of a service of one request per millisecond, beside noisy neighbours</text>");
        Add($"<text x=\"{Left}\" y=\"40\" fill=\"#555\">{Escape(machine)}</text>");
        for (var power = least; power <= most * 1.01; power *= 10)
        {
            Add($"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(power):F1}\" y2=\"{Y(power):F1}\" stroke=\"#ddd\"/>");
            Add($"<text x=\"{Left - 8}\" y=\"{Y(power) + 4:F1}\" text-anchor=\"end\">{Time(power)}</text>");
        }

        foreach (var (share, label) in ((double, string)[])[(0, "0"), (0.5, "p50"), (0.9, "p90"), (0.99, "p99"), (0.999, "p99.9"), (0.9999, "p99.99")])
        {
            if (-Math.Log10(1 - share) > nines)
                continue;
            Add($"<line x1=\"{X(share):F1}\" x2=\"{X(share):F1}\" y1=\"{Top}\" y2=\"{Height - Bottom}\" stroke=\"#eee\"/>");
            Add($"<text x=\"{X(share):F1}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{label}</text>");
        }

        for (var i = 0; i < results.Count; i++)
        {
            var times = results[i].Microseconds;
            var points = new StringBuilder();
            // As many points as can be told apart, at equal distances on the axis.
            for (var step = 0; step <= 400; step++)
            {
                var share = Math.Min(1 - Math.Pow(10, -nines * step / 400), 1 - 1.0 / times.Count);
                points.Append(CultureInfo.InvariantCulture, $"{X(share):F1},{Y(Math.Max(least, results[i].At(share))):F1} ");
            }

            Add($"<polyline points=\"{points}\" fill=\"none\" {Stroke(results, i)} stroke-width=\"2\"/>");
            Add($"<line x1=\"{Left + 14}\" x2=\"{Left + 30}\" y1=\"{Top + 8 + 18 * i}\" y2=\"{Top + 8 + 18 * i}\" {Stroke(results, i)} stroke-width=\"3\"/>");
            Add($"<text x=\"{Left + 38}\" y=\"{Top + 12 + 18 * i}\">{Escape(results[i].Name)}, {results[i].Waits}</text>");
        }

        Add($"</svg>");
        return svg.ToString();
    }

    private static string Time(double microseconds) => microseconds >= 1_000_000 ? $"{microseconds / 1_000_000:F0} s" : microseconds >= 1000 ? $"{microseconds / 1000:F0} ms" : $"{microseconds:F0} µs";

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
