/** LangGraph's tables lie in a schema of their own, so that its names never meet ours. */
export const CHECKPOINT_SCHEMA = 'mo_checkpoints'
