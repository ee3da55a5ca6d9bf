namespace Berth.ApiServer.Audit;

/// <summary>A file is no audit policy. The message says which field is wrong, and why.</summary>
public sealed class AuditPolicyException(string message, Exception? inner = null) : Exception(message, inner);
