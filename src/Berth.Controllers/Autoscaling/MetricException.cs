namespace Berth.Controllers.Autoscaling;

/// <summary>A metric cannot be read, or says nothing about the pods. The message stands in the autoscaler's conditions and events.</summary>
public sealed class MetricException(string message) : Exception(message);
