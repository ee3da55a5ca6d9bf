using Berth.Api.Autoscaling.V2;

namespace Berth.Controllers.Autoscaling;

/// <summary>What one metric of an autoscaler asks for, or why it cannot be said.</summary>
public abstract record MetricResult
{
    private MetricResult()
    {
    }

    /// <param name="Name">As it stands in events.</param>
    public sealed record Proposal(int Replicas, string Name, MetricStatus Status) : MetricResult;

    /// <param name="Reason">Of the condition and the event.</param>
    /// <param name="Message">Of the event, and of the condition.</param>
    /// <param name="Context">What the message follows in the account of all metrics.</param>
    public sealed record Failure(string Reason, string Message, string Context) : MetricResult;
}
