namespace Berth.Scheduler.Configuration;

/// <summary>A scheduler configuration says something wrong; the message names the field.</summary>
public sealed class ConfigurationException(string field, string problem) : Exception($"{field}: {problem}");
