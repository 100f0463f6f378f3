select figure_id, subject from published_figures where metric = 'drop_off' order by figure_id
