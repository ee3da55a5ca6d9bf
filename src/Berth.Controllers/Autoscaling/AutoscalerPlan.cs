using Berth.Api.Autoscaling.V2;

namespace Berth.Controllers.Autoscaling;

/// <summary>What a round of an autoscaler comes to.</summary>
/// <param name="Rescale">Null when the target is to stay as it is.</param>
/// <param name="Status">As it is to be, save for the outcome of the rescale.</param>
/// <param name="Problems">Events to tell of, in order.</param>
public sealed record AutoscalerPlan(Rescale? Rescale, HorizontalPodAutoscalerStatus Status, AutoscalerHistory History, IReadOnlyList<AutoscalerEvent> Problems);

/// <param name="Reason">As it stands in the event.</param>
public sealed record Rescale(int From, int To, string Reason);

public sealed record AutoscalerEvent(string Type, string Reason, string Message);
