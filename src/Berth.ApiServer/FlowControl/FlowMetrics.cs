using System.Text;

namespace Berth.ApiServer.FlowControl;

/// <summary>Seats, queues and refusals, under the names of kube-apiserver.</summary>
internal static class FlowMetrics
{
    public static void Render(StringBuilder text, SeatPool pool)
    {
        var levels = new List<(string Name, int Nominal, int Least, int Most, int InUse)>();
        var flows = new List<(string Labels, long Dispatched, long QueueFull, long NoSeat, long Time, int Executing, int Waiting)>();
        pool.Read((level, counts) =>
        {
            levels.Add((level.Name, level.Nominal, level.Least, Math.Min(level.Most, FlowGate.Seats), level.InUse));
            flows.AddRange(counts.OrderBy(c => c.Schema, StringComparer.Ordinal).Select(c => (
                $"flow_schema=\"{c.Schema}\",priority_level=\"{level.Name}\"",
                c.Dispatched, c.RefusedForQueueFull, c.RefusedForNoSeat, c.RefusedForTime, c.Executing, c.Waiting)));
        });

        Write("nominal_limit_seats", "gauge", "Nominal number of execution seats configured for each priority level", levels, l => Level(l.Name), l => l.Nominal);
        Write("lower_limit_seats", "gauge", "Seats that a priority level has at least, whatever others borrow", levels, l => Level(l.Name), l => l.Least);
        Write("upper_limit_seats", "gauge", "Seats that a priority level has at most, with what it may borrow", levels, l => Level(l.Name), l => l.Most);
        Write("current_executing_seats", "gauge", "Seats in use in each priority level", levels, l => Level(l.Name), l => l.InUse);
        Write("dispatched_requests_total", "counter", "Number of requests executed by API Priority and Fairness", flows, f => f.Labels, f => f.Dispatched);
        Write("current_executing_requests", "gauge", "Number of requests in initial or regular execution", flows, f => f.Labels, f => f.Executing);
        Write("current_inqueue_requests", "gauge", "Number of requests currently pending in queues", flows, f => f.Labels, f => f.Waiting);
        Write(
            "rejected_requests_total", "counter", "Number of requests rejected by API Priority and Fairness",
            flows.SelectMany(f => new[] { (f.Labels, Reason: "concurrency-limit", Count: f.NoSeat), (f.Labels, Reason: "queue-full", Count: f.QueueFull), (f.Labels, Reason: "time-out", Count: f.Time) }).Where(r => r.Count > 0),
            r => $"{r.Labels},reason=\"{r.Reason}\"", r => r.Count);

        void Write<T>(string name, string type, string help, IEnumerable<T> rows, Func<T, string> labels, Func<T, long> value)
        {
            text.Append("# HELP apiserver_flowcontrol_").Append(name).Append(' ').Append(help)
                .Append("\n# TYPE apiserver_flowcontrol_").Append(name).Append(' ').Append(type).Append('\n');
            foreach (var row in rows)
                text.Append("apiserver_flowcontrol_").Append(name).Append('{').Append(labels(row)).Append("} ").Append(value(row)).Append('\n');
        }
    }

    private static string Level(string name) => $"priority_level=\"{name}\"";
}
