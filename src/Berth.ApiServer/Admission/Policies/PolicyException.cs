namespace Berth.ApiServer.Admission.Policies;

/// <summary>A policy could not decide; its failure policy says what becomes of the request. Never leaves the plugins.</summary>
internal sealed class PolicyException(string message) : Exception(message);
